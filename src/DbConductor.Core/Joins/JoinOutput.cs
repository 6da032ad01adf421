namespace DbConductor;

/// <summary>The columns that a join gives, and where each comes from.</summary>
internal sealed class JoinOutput
{
    private readonly JoinSpec _spec;
    private readonly List<Column> _columns = [];
    private readonly List<JoinCell> _cells = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly bool _nullableLeft;
    private readonly bool _nullableRight;

    internal JoinOutput(JoinSpec spec, IReadOnlyList<Column> left, IReadOnlyList<Column> right)
    {
        _spec = spec;
        _nullableLeft = spec.Type is JoinType.Right or JoinType.Full;
        _nullableRight = spec.Type is JoinType.Left or JoinType.Full;
        (Left, Right) = (left, right);
        AddAll();
        if (spec.Columns.Count > 0)
        {
            Pick();
        }

        Current = [.. _columns];
        IsChanged = false;
    }

    /// <summary>The columns of the rows that come out now.</summary>
    internal IReadOnlyList<Column> Current { get; private set; }

    /// <summary>Where the cells of those columns come from.</summary>
    internal IReadOnlyList<JoinCell> Cells => _cells;

    /// <summary>Whether columns were appended that <see cref="Current"/> does not have yet.</summary>
    internal bool IsChanged { get; private set; }

    private IReadOnlyList<Column> Left { get; set; }

    private IReadOnlyList<Column> Right { get; set; }

    internal IReadOnlyList<Column> Columns(bool left) => left ? Left : Right;

    /// <summary>Takes columns that were appended to a side.</summary>
    internal void Extend(bool left, IReadOnlyList<Column> columns)
    {
        int known = Columns(left).Count;
        if (columns.Count <= known)
        {
            return;
        }

        (Left, Right) = left ? (columns, Right) : (Left, columns);
        if (_spec.Columns.Count > 0 || (!left && !GivesRight))
        {
            return;
        }

        for (int i = known; i < columns.Count; i++)
        {
            Add(left, i);
        }

        IsChanged = true;
    }

    /// <summary>Announces what was appended.</summary>
    internal void Announce()
    {
        Current = [.. _columns];
        IsChanged = false;
    }

    private bool GivesRight => _spec.Type is not (JoinType.Semi or JoinType.Anti);

    private void AddAll()
    {
        // a key of the same name on both sides is one column
        Dictionary<int, int> merged = [];
        foreach (JoinOn on in GivesRight ? _spec.On : [])
        {
            (int l, int r) = (ColumnNames.IndexOf(Left, on.Left), ColumnNames.IndexOf(Right, on.Right));
            if (string.Equals(Left[l].Name, Right[r].Name, StringComparison.OrdinalIgnoreCase))
            {
                merged[l] = r;
            }
        }

        for (int i = 0; i < Left.Count; i++)
        {
            if (merged.TryGetValue(i, out int right))
            {
                AddMerged(i, right);
            }
            else
            {
                Add(left: true, i);
            }
        }

        for (int i = 0; GivesRight && i < Right.Count; i++)
        {
            if (!merged.ContainsValue(i))
            {
                Add(left: false, i);
            }
        }
    }

    private void AddMerged(int left, int right)
    {
        PortableType type = Widen(Left[left].Type, Right[right].Type);
        Add(Left[left] with { Type = type, Nullable = Left[left].Nullable || (_nullableLeft && Right[right].Nullable), Collation = null }, new JoinCell(left, right, Left[left].Type.Kind != type.Kind || Right[right].Type.Kind != type.Kind));
    }

    private void Add(bool left, int ordinal)
    {
        Column column = Columns(left)[ordinal];
        string name = column.Name;
        if (_names.Contains(name))
        {
            name += _spec.Suffix;
        }

        bool nullable = column.Nullable || (left ? _nullableLeft : _nullableRight);
        Add(column with { Name = name, Nullable = nullable }, left ? new JoinCell(ordinal, -1, false) : new JoinCell(-1, ordinal, false));
    }

    private void Add(Column column, JoinCell cell)
    {
        if (!_names.Add(column.Name))
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                $"Two columns of the join would be called '{column.Name}'. Pick and rename columns with -Property, or rename the side's own column.")
            { Column = column.Name };
        }

        // what the database says of its own column does not hold for the join's
        _columns.Add(column with { HasDefault = false, DefaultText = null, IsGenerated = false });
        _cells.Add(cell);
    }

    private void Pick()
    {
        int[] picked = [.. _spec.Columns.Select(pick => ColumnNames.Require(_columns, pick.Source, "The join"))];
        Column[] columns = [.. picked.Select((ordinal, i) => _columns[ordinal] with { Name = _spec.Columns[i].Name })];
        JoinCell[] cells = [.. picked.Select(ordinal => _cells[ordinal])];
        _columns.Clear();
        _cells.Clear();
        _columns.AddRange(columns);
        _cells.AddRange(cells);
    }

    /// <summary>A type that holds both keys' values as they are.</summary>
    private static PortableType Widen(PortableType left, PortableType right)
    {
        if (left == right)
        {
            return left;
        }

        return (left.Kind, right.Kind) switch
        {
            var (a, b) when a == b => new(a),
            (PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64, PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64) =>
                new(left.Kind > right.Kind ? left.Kind : right.Kind),
            (PortableKind.Single or PortableKind.Double, PortableKind.Single or PortableKind.Double) => new(PortableKind.Double),
            (PortableKind.Decimal, PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64) or
            (PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64, PortableKind.Decimal) => new(PortableKind.Decimal),
            (PortableKind.Date, PortableKind.DateTime) or (PortableKind.DateTime, PortableKind.Date) => new(PortableKind.DateTime),
            _ => new(PortableKind.Object),
        };
    }
}

/// <summary>Where a cell comes from.</summary>
/// <param name="Left">The left side's ordinal, or -1.</param>
/// <param name="Right">The right side's ordinal, or -1. Where it comes from both, the left one is taken where there is a left row.</param>
/// <param name="Converts">Whether it comes from both, and they differ in type.</param>
internal readonly record struct JoinCell(int Left, int Right, bool Converts);
