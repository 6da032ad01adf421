namespace DbConductor;

/// <summary>Rows that were put aside to their end, so that of a column without a type it is known whether all its values are of one. Owns them.</summary>
public sealed class PutAsideRows : ForwardingRows
{
    private readonly IReadOnlyList<PortableKind?> _kinds;

    private PutAsideRows(RowReader rows, IReadOnlyList<PortableKind?> kinds)
        : base(rows) => _kinds = kinds;

    /// <inheritdoc/>
    protected override RowReader Owned => Source;

    /// <summary>Reads all rows; the given reader is at its end then, and is left to its owner to dispose.</summary>
    public static async Task<PutAsideRows> ReadAsync(RowReader rows, CancellationToken cancel)
    {
        WatchedRows watched = new(rows);
        return new(await RowSpool.SpoolAsync(watched, RowSpool.DefaultMemoryLimit, cancel).ConfigureAwait(false), watched.Kinds);
    }

    /// <summary>The type that all values of a column have, numbers being of one; null where they differ, and where the column has a type itself or no value.</summary>
    internal PortableKind? KindOf(int ordinal) => ordinal < _kinds.Count && _kinds[ordinal] is { } kind and not PortableKind.Object ? kind : null;

    /// <summary>Notes the types of the values that pass; those that differ are noted as object.</summary>
    private sealed class WatchedRows(RowReader rows) : ForwardingRows(rows)
    {
        internal List<PortableKind?> Kinds { get; } = [];

        public override bool Read() => Source.Read() && Note();

        public override async Task<bool> ReadAsync(CancellationToken cancellationToken) => await Source.ReadAsync(cancellationToken).ConfigureAwait(false) && Note();

        private bool Note()
        {
            for (int i = 0; i < Columns.Count; i++)
            {
                if (i == Kinds.Count)
                {
                    Kinds.Add(null);
                }

                if (Columns[i].Type.Kind == PortableKind.Object && !IsDBNull(i) && Kinds[i] != PortableKind.Object)
                {
                    PortableType own = PortableType.FromClr(GetValue(i).GetType());
                    Kinds[i] = Kinds[i] is not { } seen || seen == own.Kind || (own.IsNumeric && new PortableType(seen).IsNumeric) ? own.Kind : PortableKind.Object;
                }
            }

            return true;
        }
    }
}
