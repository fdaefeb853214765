//! `matbang user`: accounts and what they may do.

use std::{
    io::{BufRead, IsTerminal},
    process::ExitCode,
};

use comfy_table::Table;

use super::{Outcome, StoreLocation, clock, output::say};
use crate::{
    api::Accounts,
    atlas::Snapshot,
    domain::{Account, Grant, Role, UnitId},
    server::hash_password,
    store::{AccountChange, Directory, Store},
};

/// Options of `matbang user`.
#[derive(Debug, clap::Args)]
pub struct User {
    #[command(subcommand)]
    command: Command,
}

#[allow(clippy::doc_markdown, reason = "shown as help, where backticks are noise")]
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add an account with a role.
    Add {
        /// Name to sign in with; an e-mail address if people come by OpenID Connect.
        name: String,
        /// Name of the person.
        #[arg(long)]
        full_name: String,
        #[command(flatten)]
        grant: GrantOptions,
        #[command(flatten)]
        password: PasswordOptions,
    },
    /// List accounts and their roles.
    List {
        /// Print as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give a role, or take it back with --remove.
    Role {
        /// Name of the account.
        name: String,
        #[command(flatten)]
        grant: GrantOptions,
        /// Take the role back.
        #[arg(long)]
        remove: bool,
    },
    /// Set a new password; the account's sessions end, and its tokens are taken back.
    Reset {
        /// Name of the account.
        name: String,
        /// Take the second factor away instead, for somebody who has lost it.
        #[arg(long, conflicts_with_all = ["password_stdin", "no_password"])]
        second_factor: bool,
        #[command(flatten)]
        password: PasswordOptions,
    },
    /// Keep an account from signing in; its sessions end.
    Disable {
        /// Name of the account.
        name: String,
    },
    /// Let a disabled account sign in again.
    Enable {
        /// Name of the account.
        name: String,
    },
}

#[derive(Debug, clap::Args)]
struct GrantOptions {
    /// viewer, officer, manager, analyst, leader or administrator.
    #[arg(long, value_parser = role)]
    role: Role,
    /// Code of the unit in which the role holds; everywhere if left out.
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
}

#[allow(clippy::doc_markdown, reason = "shown as help, where backticks are noise")]
#[derive(Debug, clap::Args)]
struct PasswordOptions {
    /// Read the password from standard input, one line, instead of asking.
    #[arg(long)]
    password_stdin: bool,
    /// No password: the account comes by OpenID Connect or tokens only.
    #[arg(long, conflicts_with = "password_stdin")]
    no_password: bool,
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_code(text).ok_or_else(|| {
        let known = Role::ALL.map(Role::code).join(", ");
        format!("choose one of {known}")
    })
}

pub fn run(location: &StoreLocation, options: &User) -> Outcome {
    match &options.command {
        Command::Add { name, full_name, grant, password } => {
            let store = location.open_or_create()?;
            if name.trim().is_empty() || name.chars().any(char::is_whitespace) {
                return Err(format!("\"{name}\" cannot be a name to sign in with: no spaces").into());
            }
            if store.directory()?.named(name).is_some() {
                return Err(format!("there is an account \"{name}\" already; see `matbang user list`").into());
            }
            let grant = found(location, &*store, grant)?;
            let hash = ask(password, [name, full_name])?;
            let (new, full_name) = (name.clone(), full_name.clone());
            change(&*store, AccountChange::Add { name: new, full_name, password: hash, grant: Some(grant) })?;
            eprintln!("{name} may sign in as {}", grant.role.code());
        }
        Command::List { json } => list(location, *json)?,
        Command::Role { name, grant, remove } => {
            let store = location.open()?;
            let (account, grant) = (account(&store.directory()?, name)?, found(location, &*store, grant)?);
            if *remove {
                if !account.grants.contains(&grant) {
                    return Err(format!("{name} does not have this role there").into());
                }
                change(&*store, AccountChange::Revoke(account.id, grant))?;
                eprintln!("{name} is no longer {}", grant.role.code());
            } else {
                change(&*store, AccountChange::Grant(account.id, grant))?;
                eprintln!("{name} is {}", grant.role.code());
            }
        }
        Command::Reset { name, second_factor: true, .. } => {
            let store = location.open()?;
            let directory = store.directory()?;
            let id = account(&directory, name)?.id;
            if !directory.has_second_factor(id) {
                return Err(format!("{name} has no second factor").into());
            }
            change(&*store, AccountChange::SecondFactorOff(id))?;
            eprintln!("{name} signs in without a second factor");
        }
        Command::Reset { name, password, second_factor: false } => {
            let store = location.open()?;
            let account = account(&store.directory()?, name)?;
            let hash = ask(password, [&account.name, &account.full_name])?
                .ok_or("a reset needs a password; to lock an account, disable it")?;
            change(&*store, AccountChange::Password(account.id, hash))?;
            eprintln!("{name} has a new password");
        }
        Command::Disable { name } => {
            let store = location.open()?;
            let id = account(&store.directory()?, name)?.id;
            change(&*store, AccountChange::Disabled(id, true))?;
            eprintln!("{name} may no longer sign in");
        }
        Command::Enable { name } => {
            let store = location.open()?;
            let id = account(&store.directory()?, name)?.id;
            change(&*store, AccountChange::Disabled(id, false))?;
            eprintln!("{name} may sign in again");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes one change in the name of who sits at the machine; the number of what it is about.
pub fn change(store: &dyn Store, change: AccountChange) -> Result<u32, crate::store::StoreError> {
    let numbers = store.change_accounts(&clock::author(), clock::now_millis(), &[change])?;
    Ok(numbers.first().copied().unwrap_or_default())
}

/// The account of this name.
pub fn account(directory: &Directory, name: &str) -> Result<Account, String> {
    let found = directory.named(name).map(|(account, _)| account.clone());
    found.ok_or_else(|| format!("there is no account \"{name}\"; see `matbang user list`"))
}

fn found(
    location: &StoreLocation,
    store: &dyn Store,
    options: &GrantOptions,
) -> Result<Grant, Box<dyn std::error::Error>> {
    let unit = match &options.unit {
        None => None,
        Some(code) => Some(unit(&location.load(store)?, code)?),
    };
    Ok(Grant { role: options.role, unit })
}

fn unit(snapshot: &Snapshot, code: &str) -> Result<UnitId, Box<dyn std::error::Error>> {
    let index = snapshot.unit_by_code(code, clock::today()?);
    let index = index.ok_or_else(|| format!("no unit has the code \"{code}\"; import units first"))?;
    Ok(snapshot.units()[index].id)
}

/// The hash of a password that is typed twice, or comes on standard input.
fn ask(options: &PasswordOptions, names: [&str; 2]) -> Result<Option<String>, Box<dyn std::error::Error>> {
    if options.no_password {
        return Ok(None);
    }
    let password = if options.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        line.trim_end_matches(['\n', '\r']).to_owned()
    } else if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password("Password: ")?;
        if rpassword::prompt_password("Again: ")? != first {
            return Err("the two passwords differ; nothing was changed".into());
        }
        first
    } else {
        return Err("there is no terminal to ask for a password on; use --password-stdin".into());
    };
    Ok(Some(hash_password(&password, &names)?))
}

fn list(location: &StoreLocation, json: bool) -> Result<(), Box<dyn std::error::Error>> {
    let store = location.open()?;
    let accounts = Accounts::of(&store.directory()?).accounts;
    if json {
        say!("{}", serde_json::to_string(&accounts)?);
        return Ok(());
    }
    let snapshot = location.load(&*store)?;
    let code = |id: UnitId| {
        let entry = snapshot.units().iter().find(|entry| entry.id == id);
        entry.map_or_else(|| id.to_string(), |entry| entry.unit.code.to_string())
    };
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_header(["name", "full name", "roles", ""]);
    for account in accounts {
        let roles = account.grants.iter().map(|grant| match grant.unit {
            Some(unit) => format!("{} in {}", grant.role.code(), code(unit)),
            None => grant.role.code().to_owned(),
        });
        let roles = roles.collect::<Vec<_>>().join(", ");
        let state = if account.disabled { "disabled" } else { "" };
        table.add_row([account.name.as_str(), &account.full_name, &roles, state]);
    }
    say!("{table}");
    Ok(())
}
