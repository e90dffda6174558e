//! `castgraph serve`: from an address of a database to a server that answers.

use std::error::Error;

use entity::{franchise, person, show};
use sea_orm::{DatabaseConnection, DbErr, EntityTrait, QuerySelect};
use tokio::{net::TcpListener, signal};

use super::Outcome;
use crate::{
    config::Config,
    graphql::Api,
    import::{self, Leftovers},
    store::Store,
    web,
};

pub(super) async fn serve(config: &Config) -> Outcome {
    let store = open(config).await?;
    let api = Api::new(store.read().clone(), config.limits.clone())?;
    let listener = TcpListener::bind(config.listen).await.map_err(|reason| {
        format!("cannot listen at {}: {reason}; choose another address with --listen", config.listen)
    })?;
    println!("castgraph answers at http://{0}/ (GraphiQL) and http://{0}/graphql", listener.local_addr()?);
    web::serve(listener, web::router(api, &config.server), &config.server, stop()).await;
    Ok(store.close().await?)
}

/// Opens the database, brings its schema up to date and fills it if it is empty.
async fn open(config: &Config) -> Result<Store, Box<dyn Error>> {
    let store = Store::open(&config.database.database_url)
        .await
        .map_err(|reason| format!("cannot open the database: {reason}; is it there, and is --database-url right?"))?;
    match store.migrate().await? {
        0 => tracing::info!("the schema of the database is up to date"),
        count => tracing::info!(migrations = count, "brought the schema of the database up to date"),
    }
    if is_empty(store.write()).await? {
        tracing::info!("the database is empty; filling it with the Star Trek set");
        let set = import::check(&import::embedded())?;
        let summary = import::apply(store.write(), &set, Leftovers::Keep).await?;
        tracing::info!("imported: {summary}");
    }
    Ok(store)
}

async fn is_empty(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(none::<franchise::Entity>(db).await? && none::<show::Entity>(db).await? && none::<person::Entity>(db).await?)
}

async fn none<E: EntityTrait>(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(E::find().limit(1).one(db).await?.is_none())
}

/// Ends when the process is asked to stop.
async fn stop() {
    let interrupt = async {
        // Without the signal there is no such way to stop.
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
    tracing::info!("stopping: open requests are answered first");
}
