//! What every command is given: where to write, whom to ask, where its own files are.

use chancery_base::values::Language;

use super::{client::Client, command::Globals, directories::Directories, error::CliError, output::Output};
use crate::app::SystemEntropy;

/// The surroundings of one command.
pub struct Context {
    /// Where results and notes go.
    pub output: Output,
    /// Where keys, trust and remembered checkpoints are.
    pub directories: Directories,
    /// Random numbers.
    pub entropy: SystemEntropy,
    globals: Globals,
}

impl Context {
    /// Gathers the surroundings from the options every command shares.
    #[must_use]
    pub fn new(globals: Globals, output: Output) -> Self {
        Self { output, directories: Directories::from_environment(), entropy: SystemEntropy, globals }
    }

    /// A client of the server asked for.
    ///
    /// # Errors
    /// [`CliError::Local`] if its address or the API key cannot be what they should be.
    pub fn client(&self) -> Result<Client, CliError> {
        self.client_of(&self.globals.server)
    }

    /// A client of another server than the one asked for, with the same API key.
    ///
    /// # Errors
    /// As [`Self::client`].
    pub fn client_of(&self, server: &str) -> Result<Client, CliError> {
        let Globals { token, ca_certificate, .. } = &self.globals;
        let client = Client::new(server, token.as_ref(), self.language(), ca_certificate.as_deref(), self.entropy)?;
        if let Some(warning) = client.warning() {
            self.output.note(&warning);
        }
        Ok(client)
    }

    /// The person's language.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.output.words().language()
    }
}
