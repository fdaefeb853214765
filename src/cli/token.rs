//! `matbang token`: keys for programs, in the name of an account.

use std::process::ExitCode;

use comfy_table::Table;

use super::{
    Outcome, StoreLocation, clock,
    output::say,
    user::{account, change},
};
use crate::{
    api::Accounts,
    server::{secret, secret_hash},
    store::{AccountChange, Token as Key, TokenScope},
};

/// Options of `matbang token`.
#[derive(Debug, clap::Args)]
pub struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a token; it is printed once and never shown again.
    Add {
        /// Name of the account that it stands for.
        account: String,
        /// What the token is called.
        #[arg(long, default_value = "token")]
        name: String,
        /// What it may be used for.
        #[arg(long, value_enum, default_value = "read")]
        scope: Scope,
        /// Days until it ends.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
    },
    /// List tokens, without their secrets.
    List {
        /// Print as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take a token back.
    Revoke {
        /// Its number in the list.
        id: u32,
    },
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Scope {
    /// Reading.
    Read,
    /// Reading and recording.
    Write,
}

const DAY: i64 = 86_400_000;

pub fn run(location: &StoreLocation, options: &Token) -> Outcome {
    let store = location.open()?;
    match &options.command {
        Command::Add { account: holder, name, scope, days } => {
            let holder = account(&store.directory()?, holder)?;
            let token = format!("mbt_{}", secret()?);
            let now = clock::now_millis();
            let key = Key {
                id: 0,
                account: holder.id,
                name: name.clone(),
                scope: match scope {
                    Scope::Read => TokenScope::Read,
                    Scope::Write => TokenScope::Write,
                },
                expires_at: now + i64::from(*days) * DAY,
                revoked: false,
            };
            let id = change(&*store, AccountChange::AddToken(secret_hash(&token), key))?;
            eprintln!("token {id} for {}, {days} days; keep it: it is not shown again", holder.name);
            say!("{token}");
        }
        Command::List { json } => {
            let directory = store.directory()?;
            let tokens = Accounts::of(&directory).tokens;
            if *json {
                say!("{}", serde_json::to_string(&tokens)?);
                return Ok(ExitCode::SUCCESS);
            }
            let mut table = Table::new();
            let header = ["id", "account", "name", "scope", "ends", ""];
            table.load_style(comfy_table::presets::NOTHING).set_header(header);
            for token in tokens {
                let holder = directory.accounts.get(&token.account).map_or("", |(account, _)| &account.name);
                let ends =
                    jiff::Timestamp::from_millisecond(token.expires_at)?.strftime("%Y-%m-%d").to_string();
                let scope = if token.scope == TokenScope::Read { "read" } else { "write" };
                let state = if token.revoked { "revoked" } else { "" };
                table.add_row([&token.id.to_string(), holder, &token.name, scope, &ends, state]);
            }
            say!("{table}");
        }
        Command::Revoke { id } => {
            if !store.directory()?.tokens.values().any(|token| token.id == *id) {
                return Err(format!("there is no token {id}; see `matbang token list`").into());
            }
            change(&*store, AccountChange::RevokeToken(*id))?;
            eprintln!("token {id} is taken back");
        }
    }
    Ok(ExitCode::SUCCESS)
}
