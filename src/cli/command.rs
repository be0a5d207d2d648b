//! The command line as a tree: what can be said, and the options every command shares.

use std::path::PathBuf;

use chancery_base::values::Language;
use clap::{Args, Parser, Subcommand};

use super::{
    approval, backup, client::Token, completions, dataset, decision, demo, doctor, embed, export, grant, hold, key,
    keygen, log, man, migrate, model, party, passport, people, policy, predict, preview, push, receipt, restore, serve,
    token, trust, verify, webhook, whoami,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  done; for a verifier: valid
  1  failed
  2  the command line was not understood
  4  API key missing, or not good for this
  5  refused by policy; the reasons are printed
  6  INVALID: a signature, digest or log is wrong
  7  could not verify: something needed for a verdict is missing

Start here:
  chancery demo --once
  chancery keygen
  chancery push ./model --model acme/minilm";

/// A model registry that keeps the papers in order.
///
/// Results go to standard output, everything else to standard error. With --json each command writes one document
/// (a stream: one a line) and errors become a document with an `error` member.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// Options every command shares.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options every command shares.
#[derive(Debug, Args)]
pub struct Globals {
    /// The server's address
    #[arg(long, global = true, value_name = "URL", env = "CHANCERY_SERVER", default_value = "http://127.0.0.1:8700")]
    pub server: String,
    /// The API key; better given in the environment, where other users of the machine do not see it
    #[arg(long, global = true, value_name = "KEY", env = "CHANCERY_TOKEN", hide_env_values = true)]
    pub token: Option<Token>,
    /// Certificate of the authority that vouches for the server, in PEM, in place of those that browsers trust
    #[arg(long, global = true, value_name = "FILE", env = "CHANCERY_CA_CERTIFICATE")]
    pub ca_certificate: Option<PathBuf>,
    /// Write one JSON document instead of prose
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of messages: en or zh [default: that of the locale]
    #[arg(long = "lang", global = true, value_name = "LANGUAGE")]
    pub language: Option<Language>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the registry
    Serve(serve::Arguments),
    /// Tell Chancery's story on this machine, from training to audit
    Demo(demo::Arguments),
    /// Something that is asked of a server, or done with files alone.
    #[command(flatten)]
    Client(ClientCommand),
}

/// What a person asks of a server, or does with files alone.
#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Copy a registry on its own machine, served or not
    Backup(backup::Arguments),
    /// Bring a backup back, and say what became of its logs
    Restore(restore::Arguments),
    /// Bring a registry's tables up to date, or say that they are not
    Migrate(migrate::Arguments),
    /// Look a registry over on its own machine, and say what to do where something is wrong
    Doctor(doctor::Arguments),
    /// Make a key for signing models and acceptances
    Keygen(keygen::Arguments),
    /// Enrol, approve, list and revoke signing keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Create parties
    #[command(subcommand)]
    Party(party::PartyCommand),
    /// Make, list and revoke API keys
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Show whom the API key belongs to and what it may do
    Whoami(whoami::Arguments),
    /// List, invite, change and remove the people of your organisation
    #[command(subcommand)]
    People(people::PeopleCommand),
    /// Show, approve and decline what needs two people
    #[command(subcommand)]
    Approval(approval::ApprovalCommand),
    /// Write and check the passport that goes with a model
    #[command(subcommand)]
    Passport(passport::PassportCommand),
    /// Sign a model and register it
    Push(push::Arguments),
    /// Check a model: signature, digests and entry in the log
    Verify(verify::Arguments),
    /// Decide whose keys count in verification
    #[command(subcommand)]
    Trust(trust::TrustCommand),
    /// Offer, accept, show and revoke licences
    #[command(subcommand)]
    Grant(grant::GrantCommand),
    /// Classify texts with a model
    Predict(predict::Arguments),
    /// Turn texts into vectors with a model
    Embed(embed::Arguments),
    /// Ask whether a use would be allowed, without using anything
    Preview(preview::Arguments),
    /// Verify and watch the public logs
    #[command(subcommand)]
    Log(log::LogCommand),
    /// List, fetch and verify receipts
    #[command(subcommand)]
    Receipt(receipt::ReceiptCommand),
    /// Export the audit log and verify exports
    #[command(subcommand)]
    Export(export::ExportCommand),
    /// List what was decided about uses
    #[command(subcommand)]
    Decision(decision::DecisionCommand),
    /// Show, test and explain the rules that decide
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// List, show and manage registered models
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Register, list, show and manage data sets
    #[command(subcommand)]
    Dataset(dataset::DatasetCommand),
    /// Place and release holds that freeze a model
    #[command(subcommand)]
    Hold(hold::HoldCommand),
    /// Have addresses of your own told what happens
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// Write the script with which a shell completes this command line
    Completions(completions::Arguments),
    /// Write manual pages
    Man(man::Arguments),
}
