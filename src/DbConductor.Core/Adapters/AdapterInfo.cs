namespace DbConductor;

/// <summary>What is at the other end of a session. Holds no credential.</summary>
public sealed record AdapterInfo
{
    /// <summary>The adapter's type, such as <c>PostgreSql</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The product, as it names itself.</summary>
    public required string Product { get; init; }

    /// <summary>The server's version.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>Server and database, or the file, for people.</summary>
    public required string Location { get; init; }

    /// <summary>The name in OpenTelemetry's <c>db.system.name</c> convention.</summary>
    public required string SystemName { get; init; }

    /// <summary>Whether transactions can be had.</summary>
    public bool Transactions { get; init; } = true;

    /// <summary>Whether savepoints can be had within them.</summary>
    public bool Savepoints { get; init; } = true;

    /// <summary>Whether creating a table inside a transaction is part of it (MySQL commits instead).</summary>
    public bool TransactionalDdl { get; init; } = true;

    /// <summary>Whether each column of a table has a type; else values are stored as they come, but for columns that were declared (MongoDB).</summary>
    public bool FixedTypes { get; init; } = true;

    /// <summary>Whether only one writer can be in the database at a time, the others waiting (SQLite).</summary>
    public bool SingleWriter { get; init; }

    /// <summary>The bulk path that a plain insert takes, for people.</summary>
    public required string BulkPath { get; init; }
}
