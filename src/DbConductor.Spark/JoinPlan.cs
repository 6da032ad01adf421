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
    internal static FramePlan Make(SparkSession spark, Side left, Side right, JoinSpec spec)
    {
        JoinPlan plan = new(left, right, spec);
        return new(plan._output.Current, plan.Open(spark));
    }

    private DataFrame Open(SparkSession spark)
    {
        // by views and SQL, not by Functions: that class keeps the driver that it was first used with, and this one may be another
        string name = Guid.NewGuid().ToString("N");
        (string left, string right) = ($"dbconductor_l_{name}", $"dbconductor_r_{name}");
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
        string cells = string.Join(", ", _output.Cells.Select((cell, i) => $"{Cell(cell)} AS {Side.Name(i)}"));
        try
        {
            Named(_left.Open(spark), _left, "l").CreateOrReplaceTempView(left);
            Named(_right.Open(spark), _right, "r").CreateOrReplaceTempView(right);
            return spark.Sql($"SELECT {cells} FROM {left} {type} JOIN {right} ON {on}");
        }
        finally
        {
            spark.Catalog.DropTempView(left);
            spark.Catalog.DropTempView(right);
        }
    }

    private static DataFrame Named(DataFrame frame, Side side, string prefix) => frame.ToDF([.. side.Columns.Select((_, i) => Name(prefix, i))]);

    private static string Name(string prefix, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{ordinal}");

    // a key of both sides is the left row's where there is one
    private string Cell(JoinCell cell)
    {
        (string l, string r) = (Name("l", cell.Left), Name("r", cell.Right));
        if (cell is not { Left: >= 0, Right: >= 0 } || _spec.Type is not (JoinType.Right or JoinType.Full))
        {
            return cell.Left >= 0 ? _left.Columns[cell.Left].ToResult(l) : _right.Columns[cell.Right].ToResult(r);
        }

        return _left.Columns[cell.Left].Spark == _right.Columns[cell.Right].Spark
            ? $"coalesce({_left.Columns[cell.Left].ToResult(l)}, {_right.Columns[cell.Right].ToResult(r)})"
            : $"coalesce({_left.Columns[cell.Left].ToText(l, asDouble: true)}, {_right.Columns[cell.Right].ToText(r, asDouble: true)})";
    }
}
