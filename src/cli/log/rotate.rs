//! `chancery log rotate`: carry out that the logs go on under another name and with other keys, with the server stopped.

use clap::Args;

use crate::{
    app::{SystemClock, SystemEntropy, backup::rotate},
    cli::{
        backup::failure,
        context::Context,
        error::{CliError, Exit},
        message::say,
        place::Place,
        succession,
    },
};

/// Of which registry.
#[derive(Debug, Args)]
#[command(after_help = "\
Order it first: in the browser under Log, or with `chancery log order-rotation`. Then stop every server of the registry, run this on the
machine that has the keys, and start again. Every entry keeps its place and can still be proven; whoever verifies pins the new keys.

Example:
  chancery log rotate --data ./data")]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
}

/// Carries it out and tells what everybody has to know.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let config = arguments.place.existing()?;
    let rotated = rotate(&config, &SystemClock, &SystemEntropy).map_err(|error| failure(&error))?;
    context.output.result(&succession::document(&rotated), |words| {
        let announced = say!("rotation-announce", aside = rotated.aside.display());
        let told = succession::ended(&rotated).into_iter().chain([announced]);
        told.map(|message| words.say(&message) + "\n").collect()
    })?;
    Ok(Exit::Success)
}
