//! `chancery man`: manual pages, one for each command, made from the same text as `--help`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use serde_json::json;

use super::{
    Cli,
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Where to.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery man --out /usr/local/share/man/man1")]
pub struct Arguments {
    /// Folder for the pages; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Writes them.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let folder = &arguments.out;
    fs::create_dir_all(folder).map_err(|error| CliError::unwritable(folder, &error))?;
    let mut command = Cli::command();
    command.build();
    let mut pages = Vec::new();
    write(&command, "chancery", folder, &mut pages)?;
    let document = json!({ "folder": folder, "pages": pages });
    context
        .output
        .result(&document, |words| words.say(&say!("man-written", count = pages.len(), folder = folder.display())))?;
    Ok(Exit::Success)
}

/// Writes the page of `command` and those of its parts, and adds their file names.
fn write(command: &Command, name: &str, folder: &Path, pages: &mut Vec<String>) -> Result<(), CliError> {
    let (page, file) = (format!("{name}.1"), folder.join(format!("{name}.1")));
    let mut text = Vec::new();
    Man::new(command.clone()).title(name.to_uppercase()).render(&mut text)?;
    fs::write(&file, text).map_err(|error| CliError::unwritable(&file, &error))?;
    pages.push(page);
    let parts = command.get_subcommands().filter(|part| part.get_name() != "help" && !part.is_hide_set());
    parts.into_iter().try_for_each(|part| write(part, &format!("{name}-{}", part.get_name()), folder, pages))
}
