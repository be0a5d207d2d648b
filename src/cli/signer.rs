//! Who acts where a key may not: a person, who signs in for the one command.

use std::io::{self, BufRead, IsTerminal};

use chancery_base::values::{Email, Slug};
use clap::Args;
use serde::{Serialize, de::DeserializeOwned};
use ureq::http::Method;
use zeroize::Zeroizing;

use super::{
    approval::Proposed,
    client::{Answer, Client, PersonClient, SignIn},
    context::Context,
    error::CliError,
    message::say,
};

/// Variable that holds the password.
const PASSWORD: &str = "CHANCERY_PASSWORD";

/// Who signs in.
#[derive(Debug, Args)]
pub struct Signer {
    /// The address to sign in with; the password is read from CHANCERY_PASSWORD, or from standard input
    #[arg(long = "as", value_name = "EMAIL", requires = "organisation")]
    email: Option<Email>,
    /// The organisation to sign in to
    #[arg(long, value_name = "PARTY", requires = "email")]
    organisation: Option<Slug>,
    /// The code of the authenticator, where a second factor is asked for
    #[arg(long, value_name = "CODE", requires = "email")]
    code: Option<String>,
}

/// A client of a person or of a program.
pub enum Signed {
    /// Somebody signed in.
    Person(PersonClient),
    /// The API key.
    Key(Client),
}

impl std::ops::Deref for Signed {
    type Target = Client;

    fn deref(&self) -> &Client {
        match self {
            Self::Person(client) => client,
            Self::Key(client) => client,
        }
    }
}

impl Signed {
    /// Does what may take two people, or proposes it. A key, which can do neither then, is told how a person goes on: at `page`
    /// in the browser, or with `--as`.
    ///
    /// # Errors
    /// Those of [`Client::change`].
    pub fn propose<T: DeserializeOwned>(
        &self,
        (method, path): (Method, &str),
        body: &impl Serialize,
        page: &str,
    ) -> Result<Answer<Proposed<T>>, CliError> {
        self.change(method, path, body).map_err(|error| {
            if !error.problem().is_some_and(|problem| problem.is("approval-needed")) {
                return error;
            }
            let (page, approvals) = (self.server().join(page), self.server().join("/approvals"));
            error.and_then(say!("approval-sign-in", page = page, approvals = approvals))
        })
    }
}

impl Signer {
    /// A client of whoever was named, or of the API key where nobody was.
    ///
    /// # Errors
    /// Those of [`Context::client`] and [`Client::signed_in`]; no password was given.
    pub fn client(&self, context: &Context) -> Result<Signed, CliError> {
        let client = context.client()?;
        let (Some(email), Some(organisation)) = (&self.email, &self.organisation) else {
            return Ok(Signed::Key(client));
        };
        let person = SignIn { organisation, email, password: password()?, code: self.code.as_deref() };
        client.signed_in(&person).map(Signed::Person)
    }
}

/// The password; never typed where it would be seen.
fn password() -> Result<Zeroizing<String>, CliError> {
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(Zeroizing::new(password));
    }
    if io::stdin().is_terminal() {
        return Err(CliError::usage(say!("password-missing")));
    }
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line)?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
