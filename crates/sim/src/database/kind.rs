//! The kinds of databases, and their settings.

use super::dynamodb::Table;
use super::relational::Pool;
use serde::{Deserialize, Serialize};

/// The name of a kind of database.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", expecting = "the name of a kind of database")]
pub enum DatabaseKind {
    /// A server with a pool of connections.
    #[default]
    Relational,
    /// A table in partitions.
    DynamoDb,
    /// A durable in-memory database.
    MemoryDb,
}

impl DatabaseKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [DatabaseKind; 3] = [
        DatabaseKind::Relational,
        DatabaseKind::DynamoDb,
        DatabaseKind::MemoryDb,
    ];

    /// The name in inputs.
    pub const fn name(self) -> &'static str {
        match self {
            DatabaseKind::Relational => "relational",
            DatabaseKind::DynamoDb => "dynamodb",
            DatabaseKind::MemoryDb => "memorydb",
        }
    }

    /// The title on screen.
    pub const fn title(self) -> &'static str {
        match self {
            DatabaseKind::Relational => "Relational",
            DatabaseKind::DynamoDb => "DynamoDB",
            DatabaseKind::MemoryDb => "MemoryDB",
        }
    }
}

/// A kind of database with the settings that only this kind has: they decide when a query begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intake {
    /// A query needs one of the pool's connections.
    Relational(Pool),
    /// A query needs units of its partition.
    DynamoDb(Table),
    /// A query needs nothing.
    MemoryDb,
}

impl Intake {
    /// Its name.
    pub const fn kind(self) -> DatabaseKind {
        match self {
            Intake::Relational(_) => DatabaseKind::Relational,
            Intake::DynamoDb(_) => DatabaseKind::DynamoDb,
            Intake::MemoryDb => DatabaseKind::MemoryDb,
        }
    }

    /// How many connections the pool has; 0 without a pool.
    pub const fn connections(self) -> u32 {
        match self {
            Intake::Relational(pool) => pool.connections,
            Intake::DynamoDb(_) | Intake::MemoryDb => 0,
        }
    }
}
