using System.Text.Json.Nodes;
using DbConductor.Files;

namespace DbConductor;

/// <summary>
/// A filter on rows that are here and in no database: it finds what a database without collations would. Text is compared character by character, in Unicode's order.
/// </summary>
/// <remarks>
/// A column without a declared type has values of several, each of which is compared as one of its own: numbers with numbers, texts with texts. What cannot be compared is
/// neither equal nor above or below.
/// </remarks>
internal sealed class RowFilter
{
    private readonly List<Field> _fields = [];
    private readonly Func<bool> _holds;
    private readonly string _owner;

    /// <param name="filter">The filter.</param>
    /// <param name="owner">What has the columns, for errors.</param>
    internal RowFilter(Filter filter, string owner)
    {
        _owner = owner;
        _holds = Compile(filter);
    }

    /// <summary>The columns that it asks for.</summary>
    internal IEnumerable<string> Columns => _fields.Select(f => f.Name).Distinct(StringComparer.Ordinal);

    /// <summary>Says which columns there are; to be called again when there are more.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="nameOf">What one of the <see cref="Columns"/> is called there.</param>
    /// <param name="areAll">Whether no more columns will come, so that one which is not there is an error.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.ColumnNotFound"/>, or a value that cannot be compared with its column.</exception>
    internal void Bind(RowReader rows, Func<string, string> nameOf, bool areAll)
    {
        foreach (Field field in _fields.Where(f => f.Ordinal < 0))
        {
            string name = nameOf(field.Name);
            int ordinal = areAll ? ColumnNames.Require(rows.Columns, name, _owner) : ColumnNames.IndexOf(rows.Columns, name);
            if (ordinal >= 0)
            {
                field.Bind(rows, ordinal);
            }
        }
    }

    /// <summary>Whether the row on which the reader stands is one that is asked for.</summary>
    internal bool Holds() => _holds();

    private Func<bool> Compile(Filter filter)
    {
        switch (filter)
        {
            case NotFilter not:
                Func<bool> part = Compile(not.Part);
                return () => !part();
            case AndFilter and:
                Func<bool>[] all = [.. and.Parts.Select(Compile)];
                return () => Array.TrueForAll(all, p => p());
            case OrFilter or:
                Func<bool>[] any = [.. or.Parts.Select(Compile)];
                return () => Array.Exists(any, p => p());
            case ConstantFilter constant:
                return () => constant.Value;
            case NullFilter isNull:
                return Test(isNull.Column, (_, _) => value => value is null, isNull.Negated);
            case CompareFilter { Op: CompareOp.NotEqual } not:
                return Compile(new NotFilter(not with { Op = CompareOp.Equal }));
            case CompareFilter compare:
                return Test(compare.Column, (column, declared) => Comparison(column, compare, declared), negated: false);
            case InFilter list:
                return Test(list.Column, (column, declared) => AnyOf(column, list, declared), list.Negated);
            case LikeFilter like:
                WildcardMatch match = new(like.Pattern, like.Match == TextMatch.IgnoreCase);
                return Test(like.Column, (_, _) => value => value is not null and not JsonNode && match.IsMatch(value as string ?? CellFormatter.Text(value)), like.Negated);
            default:
                throw new DbConductorException(DbErrorKind.NotSupported, $"{filter.GetType().Name} cannot be asked of rows that are in no database.");
        }
    }

    private Func<bool> Test(string column, Func<Column, PortableKind, Predicate<object?>> make, bool negated)
    {
        Field field = new(column, make);
        _fields.Add(field);
        return () => field.Holds() != negated;
    }

    private static Predicate<object?> Comparison(Column column, CompareFilter compare, PortableKind declared)
    {
        if (!IsComparable(column, compare.Value, declared))
        {
            return _ => false;
        }

        if (FittedComparison.StandsForNull(compare.Value, column))
        {
            return value => compare.Op == CompareOp.Equal && value is null;
        }

        FittedComparison fitted = FittedComparison.Fit(column, compare.Op, compare.Value, TimeSpan.FromTicks(1));
        bool ignoreCase = compare.Match == TextMatch.IgnoreCase;
        return fitted.Value is not { } wanted ? _ => false
            : fitted.Op == CompareOp.Equal ? value => value is not null && CellOrder.AreEqual(value, wanted, ignoreCase)
            : value => value is not (null or double.NaN or float.NaN) && Holds(fitted.Op, CellOrder.Compare(value, wanted, ignoreCase));
    }

    private static Predicate<object?> AnyOf(Column column, InFilter list, PortableKind declared)
    {
        HashSet<object> wanted = new(new CellOrder(list.Match == TextMatch.IgnoreCase));
        bool hasNull = false;
        foreach (object? item in list.Values)
        {
            if (item is null || (declared != PortableKind.Object && FittedComparison.StandsForNull(item, column)))
            {
                hasNull = true;
            }
            else if (IsComparable(column, item, declared) && FittedComparison.Fit(column, CompareOp.Equal, item, TimeSpan.FromTicks(1)).Value is { } value)
            {
                wanted.Add(value);
            }
        }

        return value => value is null ? hasNull : wanted.Contains(value);
    }

    private static bool Holds(CompareOp op, int order) => op switch
    {
        CompareOp.Less => order < 0,
        CompareOp.LessOrEqual => order <= 0,
        CompareOp.Greater => order > 0,
        _ => order >= 0,
    };

    /// <summary>Whether a filter's value can be compared with a column's, which where none is declared has the type of the row's value.</summary>
    private static bool IsComparable(Column column, object given, PortableKind declared)
    {
        if (declared != PortableKind.Object)
        {
            return true;
        }

        PortableKind kind = PortableType.FromClr((ValueConversion.Unwrap(given) ?? given).GetType()).Kind;
        if (kind is not (PortableKind.String or PortableKind.Boolean) && !new PortableType(kind).IsNumeric)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidType,
                $"Column '{column.Name}' is without a declared type, and its values are numbers, texts and bools: none is a {new PortableType(kind)}. Declare it with ColumnType, as @{{ '{column.Name}' = '{new PortableType(kind)}' }}.")
            { Column = column.Name };
        }

        return column.Type.Kind == kind || (column.Type.IsNumeric && new PortableType(kind).IsNumeric);
    }

    /// <summary>A column within the filter, and what must hold of its values.</summary>
    private sealed class Field(string name, Func<Column, PortableKind, Predicate<object?>> make)
    {
        private readonly Dictionary<PortableKind, Predicate<object?>> _byKind = [];
        private RowReader? _rows;

        // of a field that no row has had so far
        private Column _column = new(name, new(PortableKind.Object));

        internal string Name => name;

        internal int Ordinal { get; private set; } = -1;

        internal void Bind(RowReader rows, int ordinal)
        {
            (_rows, Ordinal, _column) = (rows, ordinal, rows.Columns[ordinal] with { Name = name });
            _byKind[_column.Type.Kind] = make(_column, _column.Type.Kind);
        }

        internal bool Holds()
        {
            object? value = _rows is null || _rows.IsDBNull(Ordinal) ? null : _rows.GetValue(Ordinal);

            // a comparison is fitted to whole numbers of any size by one of 64 bits
            value = value switch { short number => (long)number, int number => (long)number, _ => value };
            PortableKind declared = _column.Type.Kind;
            return Of(declared != PortableKind.Object || value is null ? declared : value is JsonNode ? PortableKind.Json : PortableType.FromClr(value.GetType()).Kind)(value);
        }

        private Predicate<object?> Of(PortableKind kind)
        {
            if (!_byKind.TryGetValue(kind, out Predicate<object?>? holds))
            {
                _byKind[kind] = holds = make(_column with { Type = new(kind) }, _column.Type.Kind);
            }

            return holds;
        }
    }
}
