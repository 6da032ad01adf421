using System.Globalization;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>A join of two sides, as Spark is told it, with the columns of <see cref="JoinOutput"/>.</summary>
internal sealed class JoinPlan
{
    private readonly JoinSpec _spec;
    private readonly Side _left;
    private readonly Side _right;
    private readonly JoinOutput _output;

    private JoinPlan(Side left, Side right, JoinSpec spec)
    {
        (_left, _right, _spec) = (left, right, spec);
        if (spec.On.Count == 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "A join needs at least one pair of key columns. Name them with -On.");
        }

        Column[] leftColumns = [.. left.Columns.Select(c => c.Column)];
        Column[] rightColumns = [.. right.Columns.Select(c => c.Column)];

        // refuses keys that cannot be compared, whichever engine joins
        _ = new JoinKeys(leftColumns, rightColumns, spec.On);
        _output = new JoinOutput(spec, leftColumns, rightColumns);
        if (_output.Current.FirstOrDefault(c => c.Type.Kind == PortableKind.Object) is { } mixed)
        {
            throw new DbConductorException(
                DbErrorKind.NotSupported,
                $"The key '{mixed.Name}' of both sides would have values of two types, which no column of Spark holds. Give one side's key another name (-Property @{{ New = '{mixed.Name}' }}), or the other's type.")
            { Column = mixed.Name };
        }
    }

    /// <summary>Makes the join.</summary>
    /// <exception cref="DbConductorException">The sides cannot be joined so.</exception>
    internal static TypedFrame Make(SparkSession spark, Side left, Side right, JoinSpec spec) => new JoinPlan(left, right, spec).Open(spark);

    private TypedFrame Open(SparkSession spark)
    {
        string on = string.Join(" AND ", _spec.On.Select(pair =>
        {
            int l = ColumnNames.IndexOf([.. _left.Columns.Select(c => c.Column)], pair.Left);
            int r = ColumnNames.IndexOf([.. _right.Columns.Select(c => c.Column)], pair.Right);
            return KeyCondition.Of(_left.Columns[l], Name("l", l), _right.Columns[r], Name("r", r));
        }));
        string type = _spec.Type switch
        {
            JoinType.Left => "LEFT OUTER",
            JoinType.Right => "RIGHT OUTER",
            JoinType.Full => "FULL OUTER",
            JoinType.Semi => "LEFT SEMI",
            JoinType.Anti => "LEFT ANTI",
            _ => "INNER",
        };
        SideColumn[] columns = [.. _output.Cells.Zip(_output.Current, TypeOf)];
        string cells = string.Join(", ", _output.Cells.Select((cell, i) => $"{Cell(cell, columns[i].Spark)} AS {Side.Name(i)}"));
        DataFrame[] sides = [Named(_left.Open(spark), _left, "l"), Named(_right.Open(spark), _right, "r")];
        return new(QueryPlan.Over(spark, sides, names => $"SELECT {cells} FROM {names[0]} {type} JOIN {names[1]} ON {on}"), columns);
    }

    private static DataFrame Named(DataFrame frame, Side side, string prefix) => frame.ToDF([.. side.Columns.Select((_, i) => Name(prefix, i))]);

    private static string Name(string prefix, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{ordinal}");

    private SideColumn TypeOf(JoinCell cell, Column column) => new(column, cell switch
    {
        { Left: >= 0, Right: >= 0 } => _left.Columns[cell.Left].Common(_right.Columns[cell.Right], column.Type.Kind),
        { Left: >= 0 } => _left.Columns[cell.Left].Spark,
        _ => _right.Columns[cell.Right].Spark,
    });

    // a key of both sides is the left row's where there is one
    private string Cell(JoinCell cell, string type)
    {
        string? l = cell.Left >= 0 ? _left.Columns[cell.Left].As(type, Name("l", cell.Left)) : null;
        string? r = cell.Right >= 0 ? _right.Columns[cell.Right].As(type, Name("r", cell.Right)) : null;
        return l is null || r is null || _spec.Type is not (JoinType.Right or JoinType.Full) ? l ?? r! : $"coalesce({l}, {r})";
    }
}
