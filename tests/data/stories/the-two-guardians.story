# Two guardians: what one does alone, what needs both. The words of a step are explained in the-ask.story.

do child wallet guardian ask {mother}
do mother wallet guardian accept {child} --consent phone --evidence 1
do child wallet guardian ask {father}
do father wallet guardian accept {child} --consent phone --evidence 1
do mother wallet family show {child}
  guardians.count = 2
  consents.0.guardian = {mother}
  consents.1.guardian = {father}
  quorum.guards = 1
let limit = mother wallet adopt home.limit --arg "daily=4_000 won" @ policy
do mother wallet guard set {limit} --account {child}

# One is enough until somebody says otherwise. Stronger is one guardian's own.
no child wallet family quorum {child} --answers 2 ! 5 not-allowed
do father wallet family quorum {child} --guards 2 --answers 2
  effect.kind = done
no father wallet family quorum {child} --answers 2 ! 6 already-done
say en child wallet family show
  To say yes to a question: both guardians.
  To unlock the wallet: one guardian.
  To stop being a guardian: both guardians.
say ko mother wallet family show {child}
  물음에 좋다고 답하기: 두 보호자가 함께 정해요.

# An answer needs both; a no is one guardian's own.
let cake = bakery wallet request 6000 --minutes 60 @ request
no child wallet pay {cake} ! 7 rules
do child wallet ask send {cake}
  effect.missing = 2
let ask = father wallet ask list @ items.0.ask
do father wallet ask allow {ask}
  effect.missing = 1
say en child wallet ask list
  One guardian has answered, another still has to.
do child wallet can-pay {cake}
  passes = 4000
no child wallet pay {cake} ! 7 rules
do mother wallet ask allow {ask}
  effect.kind = done
do child wallet can-pay {cake}
  passes = 6000
do child wallet pay {cake}
has child 14000
let pie = bakery wallet request 6000 --minutes 60 @ request
do child wallet ask send {pie}
let ask = mother wallet ask list @ items.1.ask
do mother wallet ask allow {ask}
do father wallet ask decline {ask}
no child wallet pay {pie} ! 7 rules
no mother wallet ask allow {ask} ! 6 ask-closed

# A guard goes only with both, and is set by one.
let change = mother wallet guard remove {limit} --account {child} @ id
no child wallet pay {pie} ! 7 rules
do father wallet sync
  changes = 1
say en father wallet sync
  1 change needs your yes too.
do father wallet family show {child}
  changes.0.what = remove-guard
no mother wallet family agree {change} ! 6 already-done
no bakery wallet family agree {change} ! 3 not-found
do father wallet family decline {change}
no father wallet family agree {change} ! 3 not-found
let change = mother wallet guard remove {limit} --account {child} @ id
do father wallet family agree {change}
do child wallet pay {pie}
has child 8000

# A freeze: the child's own, the mother's, and who lifts what.
do child wallet freeze
no mother wallet unfreeze {child} ! 5 not-allowed
do child wallet unfreeze
do mother wallet freeze {child}
no child wallet unfreeze ! 5 not-allowed
no father wallet unfreeze {child} ! 5 not-allowed
let roll = bakery wallet request 100 --minutes 60 @ request
no child wallet pay {roll} ! 7 frozen
no child wallet ask send {roll} ! 7 frozen
do mother wallet unfreeze {child}
  effect.kind = done
do child wallet pay {roll}

# Weaker needs both, and so does leaving.
let change = father wallet family quorum {child} --answers 1 @ id
do mother wallet family show {child}
  quorum.answers = 2
  changes.0.what = set-quorum
  changes.0.quorum.answers = 1
do mother wallet family agree {change}
do mother wallet family show {child}
  quorum.answers = 1
  quorum.guards = 2
let change = mother wallet guardian end {child} @ id
do child wallet family show
  guardians.count = 2
do father wallet family agree {change}
do child wallet family show
  guardians.0 = {father}
  guardians.count = 1
  consents.0.guardian = {mother}
no mother wallet freeze {child} ! 5 not-allowed

# Alone, everything is the father's own.
let wide = father wallet adopt home.limit --arg "daily=50 won" @ policy
do father wallet guard set {wide} --account {child}
let tart = bakery wallet request 60 --minutes 60 @ request
do child wallet ask send {tart}
  effect.missing = 1
let ask = father wallet ask list @ items.2.ask
do father wallet ask allow {ask}
do child wallet pay {tart}
do father wallet guard remove {wide} --account {child}
  effect.kind = done
has child 7840
