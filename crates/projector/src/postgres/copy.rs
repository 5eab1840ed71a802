//! Filling fresh tables with `copy`, in its binary form: the server parses nothing.

use sqlx::PgConnection;
use traccia_log::BoxError;

use super::schema::{ends_name, storable};
use crate::{Shape, Value, batch::Part, verify::names};

/// What a binary copy begins with: a signature, no flags, no extension.
const BEGIN: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What it ends with, where the next row's number of columns would be.
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// What stands for the length of a null.
const NULL: [u8; 4] = (-1_i32).to_be_bytes();

/// How much is sent at once.
const CHUNK: usize = 1 << 18;

/// Copies a part's rows into a table of a schema.
pub(super) async fn rows(connection: &mut PgConnection, schema: &str, part: &Part) -> Result<(), BoxError> {
    copy(connection, &format!(r#"{schema}."{}""#, part.table.name), &encoded(part)?).await
}

/// Copies a part's ends to where they are noted.
pub(super) async fn ends(connection: &mut PgConnection, schema: &str, part: &Part) -> Result<(), BoxError> {
    let mut copied = BEGIN.to_vec();
    for end in &part.ends {
        copied.extend(2_i16.to_be_bytes());
        integer(&mut copied, end.key);
        integer(&mut copied, end.until);
    }
    copied.extend(END);
    copy(connection, &ends_name(schema, part.table), &copied).await
}

async fn copy(connection: &mut PgConnection, table: &str, rows: &[u8]) -> Result<(), BoxError> {
    let mut copying = connection.copy_in_raw(&format!("copy {table} from stdin (format binary)")).await?;
    for chunk in rows.chunks(CHUNK) {
        copying.send(chunk).await?;
    }
    copying.finish().await?;
    Ok(())
}

/// The rows as a binary copy wants them.
fn encoded(part: &Part) -> Result<Vec<u8>, BoxError> {
    let table = part.table;
    let width = i16::try_from(names(table).len())?;
    let mut copy = BEGIN.to_vec();
    for row in &part.rows {
        if row.values.len() != table.columns.len() {
            return Err(format!("a row of {} has {} values", table.name, row.values.len()).into());
        }
        copy.extend(width.to_be_bytes());
        integer(&mut copy, row.first);
        integer(&mut copy, row.second);
        match (table.shape, row.until) {
            (Shape::Versioned, Some(until)) => integer(&mut copy, until),
            (Shape::Versioned, None) => copy.extend(NULL),
            (Shape::Appended, _) => {}
        }
        for value in &row.values {
            match value {
                Value::Null => copy.extend(NULL),
                Value::Integer(number) => integer(&mut copy, *number),
                Value::Name(name) => text(&mut copy, name)?,
                Value::Text(own) => text(&mut copy, own)?,
            }
        }
    }
    copy.extend(END);
    Ok(copy)
}

fn integer(copy: &mut Vec<u8>, number: i64) {
    copy.extend(8_i32.to_be_bytes());
    copy.extend(number.to_be_bytes());
}

fn text(copy: &mut Vec<u8>, text: &str) -> Result<(), BoxError> {
    let text = storable(text);
    copy.extend(i32::try_from(text.len())?.to_be_bytes());
    copy.extend(text.as_bytes());
    Ok(())
}
