//! One test binary: rules of the repository, then end to end tests against the real service.

mod architecture;
mod tidy;

mod asked;
mod backtest;
mod bad_input;
mod bench;
mod command_line;
mod crash;
mod damage;
mod guardians_at_once;
mod limits;
mod live;
mod merchant;
mod model;
mod once;
mod outbox;
mod privacy;
mod refusals;
mod replay;
mod stories;
mod story;
mod till;
mod typist;
mod vault;
mod wallet;
mod world;
