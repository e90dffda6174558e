//! `castgraph account` and `castgraph key`: who may change the data.

use clap::Subcommand;
use entity::{access_key, account::Role};

use super::{Database, Outcome, output};
use crate::{
    account::{self, role_name},
    store::Store,
};

/// The commands of `castgraph account`.
#[derive(Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// Create an account
    Add {
        /// Name of up to 64 letters, digits, hyphens, dots and underscores
        name: String,
        /// What it may do: propose changes, review them, or manage accounts too
        #[arg(long, value_enum)]
        role: RoleName,
    },
    /// Give an account another role
    Role {
        /// Name of the account
        name: String,
        /// The role
        #[arg(value_enum)]
        role: RoleName,
    },
    /// List the accounts
    List,
}

/// The commands of `castgraph key`.
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Create a key of an account and print it; it is not shown again
    Create {
        /// Name of the account
        account: String,
        /// What the key is for
        #[arg(long, default_value = "", value_name = "TEXT")]
        label: String,
        /// When it expires, in UTC: 2027-01-31 or 2027-01-31T12:00:00Z
        #[arg(long, value_name = "DAY")]
        expires: Option<String>,
    },
    /// List keys, without the keys themselves
    List {
        /// Only those of this account
        account: Option<String>,
    },
    /// Revoke a key
    Revoke {
        /// Its number in the list
        number: i32,
    },
}

/// A role.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum RoleName {
    /// Proposes changes
    Editor,
    /// Decides on proposals, locks and undoes
    Reviewer,
    /// Manages accounts and keys
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Editor => Self::Editor,
            RoleName::Reviewer => Self::Reviewer,
            RoleName::Admin => Self::Admin,
        }
    }
}

pub(super) async fn account(database: &Database, command: AccountCommand) -> Outcome {
    Ok(output::print(database.with(async |store| change_accounts(store, command).await).await?)?)
}

async fn change_accounts(store: &Store, command: AccountCommand) -> Result<String, account::Problem> {
    let db = store.write();
    Ok(match command {
        AccountCommand::Add { name, role } => {
            let row = account::create(db, &name, role.into(), &account::now()).await?;
            format!("{} is {} now; castgraph key create {} makes a key\n", row.name, role_name(row.role), row.name)
        }
        AccountCommand::Role { name, role } => {
            let row = account::set_role(db, &name, role.into()).await?;
            format!("{} is {} now\n", row.name, role_name(row.role))
        }
        AccountCommand::List => {
            let rows = account::all(db).await?;
            let line = |row: &entity::account::Model| {
                format!("{:<24}{:<10}{}\n", row.name, role_name(row.role), row.created_at)
            };
            if rows.is_empty() {
                "there are no accounts; castgraph account add NAME --role editor creates one\n".to_owned()
            } else {
                rows.iter().map(line).collect()
            }
        }
    })
}

pub(super) async fn key(database: &Database, command: KeyCommand) -> Outcome {
    Ok(output::print(database.with(async |store| change_keys(store, command).await).await?)?)
}

async fn change_keys(store: &Store, command: KeyCommand) -> Result<String, account::Problem> {
    let db = store.write();
    let now = account::now();
    Ok(match command {
        KeyCommand::Create { account, label, expires } => {
            let owner = account::named(db, &account).await?;
            let (secret, _) = account::create_key(db, &owner, &label, expires.as_deref(), &now).await?;
            format!("{secret}\n")
        }
        KeyCommand::List { account } => {
            let owner = match &account {
                Some(name) => Some(account::named(db, name).await?.id),
                None => None,
            };
            let names = account::all(db).await?;
            let keys = account::keys(db, owner).await?;
            let line = |key: &access_key::Model| {
                let name = names.iter().find(|row| row.id == key.account_id).map_or("", |row| row.name.as_str());
                let state = match (&key.revoked_at, &key.expires_at) {
                    (Some(at), _) => format!("revoked {at}"),
                    (None, Some(at)) if *at <= now => format!("expired {at}"),
                    (None, Some(at)) => format!("expires {at}"),
                    (None, None) => "does not expire".to_owned(),
                };
                let used = key.used_at.as_deref().map_or("never used".to_owned(), |at| format!("used {at}"));
                format!("{:<6}{name:<24}{state:<30}{used:<26}{}\n", key.id, key.label)
            };
            if keys.is_empty() {
                "there are no keys; castgraph key create ACCOUNT creates one\n".to_owned()
            } else {
                keys.iter().map(line).collect()
            }
        }
        KeyCommand::Revoke { number } => {
            let key = account::revoke(db, number, &now).await?;
            format!("key {} opens nothing any more\n", key.id)
        }
    })
}
