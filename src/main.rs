//! The roof: reads the command line, opens the program where it is needed, and hands to a door.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use chancery::{
    app::{App, SystemClock, SystemEntropy, Telemetry},
    cli::{self, Cli, Command, Exit, serve},
    demo,
    web::{self, Door},
};
use clap::Parser;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return cli::misunderstood(&error).into(),
    };
    let done = match cli.command {
        Command::Client(command) => return cli::run(cli.globals, &command).into(),
        Command::Serve(arguments) => run_server(&arguments),
        Command::Demo(_) if cli.globals.json => {
            return cli::fail(true, cli.globals.language, &cli::demo::no_json()).into();
        }
        Command::Demo(arguments) => demo::tell(&arguments, cli::language(cli.globals.language)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody reads on, as where it was sent to `head`.
        Err(error)
            if error.downcast_ref().is_some_and(|error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe) =>
        {
            Exit::Failure.into()
        }
        Err(error) => {
            // The terminal may be gone; then there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "chancery: {error:#}");
            Exit::Failure.into()
        }
    }
}

/// Opens everything and serves until told to stop.
fn run_server(arguments: &serve::Arguments) -> anyhow::Result<()> {
    let _telemetry = Telemetry::start(&arguments.telemetry())?;
    let door = Door::new(arguments.listening())?;
    let bound = door.bind()?;
    let app = App::open(&arguments.config()?, Arc::new(SystemClock), Arc::new(SystemEntropy))?;
    let app = web::Data::new(app);
    // Before anything else can fail: it is made once, and nobody can be told it again.
    if let Some(first) = &app.first_party {
        say(&format!("the operator's API key, shown this once: {}", *first.owner.token))?;
    }
    web::run_until_stopped(|| {
        let server = web::serve(app.clone(), bound)?;
        say(&format!("chancery listens on {}", door.url(server.address)))?;
        if let Some(address) = server.metrics {
            say(&format!("metrics are shown on http://{address}/metrics"))?;
        }
        Ok(server)
    })?;
    tracing::info!("stopped");
    Ok(())
}

/// Writes a line for whoever started the server, at once.
fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
