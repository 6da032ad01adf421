using System.Data.Common;

namespace DbConductor.Sql;

/// <summary>Rows on their way into one table, by a database's bulk path.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Transaction">The transaction that the rows are part of.</param>
/// <param name="Table">The table.</param>
/// <param name="Columns">The table's columns that get values, in the order of the rows' columns.</param>
/// <param name="Rows">The rows; one result set, each value of its column's type.</param>
/// <param name="FirstRow">The number of the first row in the whole input, counted from 1, for errors.</param>
/// <param name="BatchSize">Rows per round trip; a load has no more. Null leaves it to the adapter.</param>
/// <param name="OnProgress">Called now and then with the number of rows of this load sent so far.</param>
public sealed record SqlLoad(
    DbConnection Connection,
    DbTransaction Transaction,
    TableName Table,
    IReadOnlyList<Column> Columns,
    RowReader Rows,
    long FirstRow,
    int? BatchSize,
    Action<long>? OnProgress)
{
    /// <summary>Whether the table is a temporary one of <see cref="SqlDialect.CreateStage"/>.</summary>
    public bool IsStage { get; init; }

    /// <summary>Whether a row that the server refuses without saying which is looked for; not where the caller does so.</summary>
    public bool NamesRows { get; init; } = true;

    /// <summary>The same rows packed, where <see cref="SqlAdapter.TakesPacked"/> said that they may be sent as they are: then those are sent, and no row is looked at.</summary>
    public IPackedRows? Packed { get; init; }

    /// <summary>An error of a value that the database cannot hold.</summary>
    /// <param name="row">The row within this load, counted from 1.</param>
    /// <param name="ordinal">The column's ordinal.</param>
    /// <param name="why">What is wrong and the remedy, as it follows "Row 7, column 'alt': ".</param>
    /// <param name="inner">The error that told.</param>
    public DbConductorException Refused(long row, int ordinal, string why, Exception? inner = null)
    {
        long number = FirstRow + row - 1;
        string name = Columns[ordinal].Name;
        return new(DbErrorKind.InvalidData, $"Row {number}, column '{name}': {why}", inner) { Row = number, Column = name, Target = Table.ToString() };
    }

    /// <summary>Every how many rows progress is told.</summary>
    public const int ProgressEvery = 4096;
}
