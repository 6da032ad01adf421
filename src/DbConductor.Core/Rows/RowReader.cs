using System.Collections;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace DbConductor;

/// <summary>
/// A stream of rows. Drivers give one, bulk loaders take one; nothing in between holds a whole set.
/// </summary>
/// <remarks>
/// Columns are only ever appended: a reader that meets a new one ends its result set, and the next one (<see cref="DbDataReader.NextResultAsync(CancellationToken)"/>)
/// has all the old columns in their places and the new ones behind them. Consumers walk a reader through <see cref="RowWalker"/>,
/// so that none can forget the next result set. Disposing a reader that is not at its end stops its source (it cancels; it never drains).
/// </remarks>
[SuppressMessage("Naming", "CA1710", Justification = "It is a reader; that it enumerates comes from DbDataReader.")]
public abstract class RowReader : DbDataReader
{
    private bool _closed;

    /// <summary>The columns of the current result set.</summary>
    public abstract IReadOnlyList<Column> Columns { get; }

    /// <summary>Whether the current row lacks this field, as a document can; a missing field reads as null.</summary>
    public virtual bool IsMissing(int ordinal) => false;

    /// <summary>Whether the current row lacks any field. Readers whose rows never do, or that can tell more cheaply than field by field, override it.</summary>
    public virtual bool HasMissing
    {
        get
        {
            for (int i = 0; i < FieldCount; i++)
            {
                if (IsMissing(i))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// Whether the rows are made by the caller's own thread while the consumer waits for them, as piped objects are. A consumer must then not
    /// hold, while it waits, anything that the caller may need to make the next row.
    /// </summary>
    public virtual bool FedByCaller => false;

    /// <summary>
    /// Whether the rows have no fixed shape, as documents have none, so that columns may come with any of them. Who needs all columns beforehand then sets the
    /// rows aside first. A reader that says no may still announce a column where its rows turn out to bring one.
    /// </summary>
    public virtual bool MayAppendColumns => false;

    /// <summary>
    /// Why the row on which the reader stands cannot be read at all, as a line of a file that has too few values: every getter throws this. The row counts, and
    /// the reader can go on to the next one. Null for a row that can be read.
    /// </summary>
    public virtual DbConductorException? RowProblem => null;

    /// <summary>The text of a row that cannot be read, so that it is not lost where it is rejected; null where there is none.</summary>
    public virtual string? RowText => null;

    /// <summary>
    /// The characters of a text, which stay as they are until the reader moves on. Readers that have them without making a string of them override it.
    /// </summary>
    public virtual ReadOnlySpan<char> GetText(int ordinal) => GetString(ordinal);

    /// <summary>The number of rows if it is known before the end, for progress.</summary>
    public virtual long? RowCount => null;

    /// <summary>The reader that is let go with this one; null for none.</summary>
    protected virtual RowReader? Owned => null;

    /// <inheritdoc/>
    public abstract override object GetValue(int ordinal);

    /// <inheritdoc/>
    public abstract override bool Read();

    /// <inheritdoc/>
    public override bool NextResult() => false;

    /// <inheritdoc/>
    public override int FieldCount => Columns.Count;

    /// <inheritdoc/>
    public override int Depth => 0;

    /// <inheritdoc/>
    public override bool HasRows => true;

    /// <inheritdoc/>
    public override bool IsClosed => _closed;

    /// <inheritdoc/>
    public override int RecordsAffected => -1;

    /// <inheritdoc/>
    public override object this[int ordinal] => GetValue(ordinal);

    /// <inheritdoc/>
    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <inheritdoc/>
    public override string GetName(int ordinal) => Columns[ordinal].Name;

    /// <inheritdoc/>
    public override int GetOrdinal(string name) => ColumnNames.Require(Columns, name, "The row stream");

    /// <inheritdoc/>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
    public override Type GetFieldType(int ordinal) => Columns[ordinal].Type.ClrType;

    /// <inheritdoc/>
    public override string GetDataTypeName(int ordinal) => Columns[ordinal].NativeType ?? Columns[ordinal].Type.ToString();

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => GetValue(ordinal) is null or DBNull;

    /// <inheritdoc/>
    public override T GetFieldValue<T>(int ordinal) => (T)GetValue(ordinal);

    /// <inheritdoc/>
    public override bool GetBoolean(int ordinal) => (bool)GetValue(ordinal);

    /// <inheritdoc/>
    public override byte GetByte(int ordinal) => (byte)GetValue(ordinal);

    /// <inheritdoc/>
    public override char GetChar(int ordinal) => (char)GetValue(ordinal);

    /// <inheritdoc/>
    public override short GetInt16(int ordinal) => (short)GetValue(ordinal);

    /// <inheritdoc/>
    public override int GetInt32(int ordinal) => (int)GetValue(ordinal);

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => (long)GetValue(ordinal);

    /// <inheritdoc/>
    public override decimal GetDecimal(int ordinal) => (decimal)GetValue(ordinal);

    /// <inheritdoc/>
    public override float GetFloat(int ordinal) => (float)GetValue(ordinal);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => (double)GetValue(ordinal);

    /// <inheritdoc/>
    public override string GetString(int ordinal) => (string)GetValue(ordinal);

    /// <inheritdoc/>
    public override DateTime GetDateTime(int ordinal) => (DateTime)GetValue(ordinal);

    /// <inheritdoc/>
    public override Guid GetGuid(int ordinal) => (Guid)GetValue(ordinal);

    /// <inheritdoc/>
    public override int GetValues(object[] values)
    {
        int count = Math.Min(values.Length, FieldCount);
        for (int i = 0; i < count; i++)
        {
            values[i] = GetValue(i);
        }

        return count;
    }

    /// <inheritdoc/>
    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        CopyOut((byte[])GetValue(ordinal), dataOffset, buffer, bufferOffset, length);

    /// <inheritdoc/>
    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        CopyOut(GetString(ordinal).ToCharArray(), dataOffset, buffer, bufferOffset, length);

    /// <inheritdoc/>
    public override IEnumerator GetEnumerator() => new DbEnumerator(this);

    /// <inheritdoc/>
    public override void Close() => _closed = true;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Owned is { } owned)
        {
            await owned.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Owned?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static long CopyOut<T>(T[] all, long offset, T[]? buffer, int bufferOffset, int length)
    {
        if (buffer is null)
        {
            return all.Length;
        }

        int count = (int)Math.Clamp(all.Length - offset, 0, length);
        Array.Copy(all, offset, buffer, bufferOffset, count);
        return count;
    }
}
