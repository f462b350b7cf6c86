//! What every [`Store`] must do, as checks that any backend can be given to.

use super::{Batch, Store, StoreError};

/// Runs every check on an empty store. An `Err` says in words what is wrong.
///
/// # Errors
/// The first promise that does not hold.
pub fn check(store: &dyn Store) -> Result<(), String> {
    let run = |step: Result<bool, StoreError>, promise: &str| match step {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("does not hold: {promise}")),
        Err(error) => Err(format!("{promise}: {error}")),
    };
    run(starts_empty(store), "a new store is empty")?;
    run(reads_back(store), "what was put is read back")?;
    run(last_change_counts(store), "the last change of a key in a batch counts")?;
    run(scans_in_order(store), "a scan gives exactly the keys with the prefix, in order")?;
    run(removes(store), "what was removed is gone, and removing nothing is no error")?;
    run(takes_any_value(store), "values of any length and content come back unchanged")
}

/// A batch with keys, values of several sizes and a removal, for crash probes: all of `number` or nothing.
pub fn probe_batch(number: u32) -> Batch {
    let mut batch = Batch::new();
    for part in 0..5u32 {
        let size = usize::try_from(part.saturating_mul(700)).unwrap_or(0);
        let byte = u8::try_from(number & 0xff).unwrap_or(0);
        batch.put(format!("probe/{number:08}/{part}"), vec![byte; size]);
    }
    batch.put("probe-last", number.to_be_bytes());
    batch
}

/// How many whole probe batches are there, from 0 without a gap? `Err` names a half or missing one.
///
/// # Errors
/// What is half there, in words.
pub fn count_probes(store: &dyn Store) -> Result<u32, String> {
    let last = store.get("probe-last").map_err(|error| error.to_string())?;
    let Some(last) = last else { return Ok(0) };
    let last = last.try_into().map(u32::from_be_bytes).map_err(|_| "bad number".to_owned())?;
    for number in 0..=last {
        for (key, change) in probe_batch(number).into_changes() {
            let super::Change::Put(expected) = change else { continue };
            let found = store.get(&key).map_err(|error| error.to_string())?;
            if key != "probe-last" && found.as_ref() != Some(&expected) {
                return Err(format!("record `{key}` of batch {number} is not there"));
            }
        }
    }
    Ok(last.saturating_add(1))
}

fn starts_empty(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.get("a")?.is_none() && store.scan("")?.is_empty())
}

fn reads_back(store: &dyn Store) -> Result<bool, StoreError> {
    let mut batch = Batch::new();
    batch.put("account", "one");
    batch.put("empty", "");
    store.commit(batch)?;
    store.commit(Batch::new())?;
    let same = store.get("account")?.as_deref() == Some(b"one");
    Ok(same && store.get("empty")?.as_deref() == Some(b"") && store.get("accoun")?.is_none())
}

fn last_change_counts(store: &dyn Store) -> Result<bool, StoreError> {
    let mut batch = Batch::new();
    batch.put("account", "two");
    batch.put("account", "three");
    batch.put("empty", "x");
    batch.remove("empty");
    store.commit(batch)?;
    Ok(store.get("account")?.as_deref() == Some(b"three") && store.get("empty")?.is_none())
}

fn scans_in_order(store: &dyn Store) -> Result<bool, StoreError> {
    let mut batch = Batch::new();
    for key in ["h/2", "h/10", "h", "h/1", "h/1/deep", "i/1", "g/9", "h/가게"] {
        batch.put(key, key);
    }
    store.commit(batch)?;
    let found = store.scan("h/")?;
    let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    let values_fit = found.iter().all(|(key, value)| key.as_bytes() == value.as_slice());
    Ok(values_fit && keys == ["h/1", "h/1/deep", "h/10", "h/2", "h/가게"])
}

fn removes(store: &dyn Store) -> Result<bool, StoreError> {
    let mut batch = Batch::new();
    batch.remove("h/10");
    batch.remove("never-there");
    store.commit(batch)?;
    Ok(store.get("h/10")?.is_none() && store.scan("h/")?.len() == 4)
}

fn takes_any_value(store: &dyn Store) -> Result<bool, StoreError> {
    let mut all = true;
    for size in [1usize, 899, 900, 901, 1_800, 70_000, 3] {
        let value: Vec<u8> = (0..size).map(|at| u8::try_from(at % 256).unwrap_or(0)).collect();
        let mut batch = Batch::new();
        batch.put("big", value.clone());
        store.commit(batch)?;
        all &= store.get("big")? == Some(value.clone());
        all &= store.scan("big")? == [("big".to_owned(), value)];
    }
    Ok(all)
}
