//! `chancery demo`: one story, start to end, on a real server with SQLite and generated keys.
//!
//! Everything in it happens: the server listens, the model is trained here, and the commands shown are run as they stand,
//! by this same program. Nothing is fetched. A step that does not come out as told ends the story with an error.

mod narrator;
pub mod papers;
mod stage;
mod story;

use anyhow::Result;
use chancery_base::values::Language;

use crate::cli::demo::Arguments;
use narrator::Narrator;
use stage::Stage;

/// Tells the story; afterwards keeps serving unless told to stop.
///
/// # Errors
/// A step that failed, by name; what opening the server fails with.
pub fn tell(arguments: &Arguments, language: Language) -> Result<()> {
    let narrator = Narrator::in_language(language);
    let stage = Stage::set(arguments.listen, language)?;
    let played = story::play(&stage, &narrator);
    if arguments.once || played.is_err() {
        // What failed in the story counts more than what is left behind.
        return played.and(stage.clear());
    }
    narrator.closing(&stage)?;
    stage.serve_on()
}
