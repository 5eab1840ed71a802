//! Filling fresh tables with `copy`, in its binary form: the server parses nothing.

use sqlx::PgConnection;
use traccia_log::BoxError;

use super::schema::storable;
use crate::{
    Shape, Table, Value,
    batch::{NewRow, Part},
    verify::names,
};

/// What a binary copy begins with: a signature, no flags, no extension.
const BEGIN: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What it ends with, where the next row's number of columns would be.
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// What stands for the length of a null.
const NULL: [u8; 4] = (-1_i32).to_be_bytes();

/// How much is sent at once.
const CHUNK: usize = 1 << 18;

/// Copies a part's rows into a table of a schema.
pub(super) async fn copy(connection: &mut PgConnection, schema: &str, part: &Part) -> Result<(), BoxError> {
    let width = i16::try_from(names(part.table).len())?;
    let statement = format!(r#"copy {schema}."{}" from stdin (format binary)"#, part.table.name);
    let mut copying = connection.copy_in_raw(&statement).await?;
    let mut rows = BEGIN.to_vec();
    for row in &part.rows {
        encode(&mut rows, part.table, width, row)?;
        if rows.len() >= CHUNK {
            copying.send(rows.as_slice()).await?;
            rows.clear();
        }
    }
    rows.extend(END);
    copying.send(rows.as_slice()).await?;
    copying.finish().await?;
    Ok(())
}

/// A row as a binary copy wants it.
fn encode(copy: &mut Vec<u8>, table: &Table, width: i16, row: &NewRow) -> Result<(), BoxError> {
    if row.values.len() != table.columns.len() {
        return Err(format!("a row of {} has {} values", table.name, row.values.len()).into());
    }
    copy.extend(width.to_be_bytes());
    integer(copy, row.first);
    integer(copy, row.second);
    match (table.shape, row.until) {
        (Shape::Versioned, Some(until)) => integer(copy, until),
        (Shape::Versioned, None) => copy.extend(NULL),
        (Shape::Appended, _) => {}
    }
    for value in &row.values {
        match value {
            Value::Null => copy.extend(NULL),
            Value::Integer(number) => integer(copy, *number),
            Value::Name(name) => text(copy, name)?,
            Value::Text(own) => text(copy, own)?,
        }
    }
    Ok(())
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
