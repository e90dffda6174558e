//! The limit of what a server on PostgreSQL can do: one statement for each question, which makes the JSON.

use sqlx::PgPool;

use crate::{Result, question::Question};

/// Answers a question.
pub async fn answer(db: &PgPool, question: Question, key: &str) -> Result<String, sqlx::Error> {
    let answer = sqlx::query_scalar(question.statement()).bind(key).fetch_optional(db).await?;
    Ok(answer.unwrap_or_else(|| "null".to_owned()))
}
