//! Placeholder until its contract lands.
