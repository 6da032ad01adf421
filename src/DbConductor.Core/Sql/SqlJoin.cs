using System.Text;

namespace DbConductor.Sql;

/// <summary>The statement that joins two tables, with the columns that <see cref="JoinOutput"/> gives.</summary>
internal sealed class SqlJoin
{
    private readonly SqlDialect _dialect;
    private readonly SqlJoinRules _rules;
    private readonly JoinSpec _spec;
    private readonly Side _left;
    private readonly Side _right;
    private readonly JoinOutput _output;
    private readonly List<(int Left, int Right)> _keys = [];

    private SqlJoin(SqlDialect dialect, SqlJoinRules rules, JoinSpec spec, Side left, Side right)
    {
        (_dialect, _rules, _spec, _left, _right) = (dialect, rules, spec, left, right);

        // refuses keys that cannot be compared, whichever engine joins
        _ = new JoinKeys(left.Columns, right.Columns, spec.On);
        foreach (JoinOn on in spec.On)
        {
            _keys.Add((ColumnNames.IndexOf(left.Columns, on.Left), ColumnNames.IndexOf(right.Columns, on.Right)));
        }

        _output = new JoinOutput(spec, left.Columns, right.Columns);
    }

    /// <summary>Makes the statement.</summary>
    /// <param name="adapter">The database.</param>
    /// <param name="left">The left table and what is read of it.</param>
    /// <param name="right">The right one.</param>
    /// <param name="spec">How they are joined.</param>
    /// <param name="refusal">Why the database is not asked; else null.</param>
    /// <param name="strays">Queries that give a row where a key has a value for which that would not hold after all.</param>
    internal static SqlStatement? Make(
        SqlAdapter adapter, (TableSchema Schema, BatchQuery Query) left, (TableSchema Schema, BatchQuery Query) right, JoinSpec spec, out string? refusal, out List<SqlStatement> strays)
    {
        strays = [];
        if (adapter.Dialect.Joins is not { } rules)
        {
            refusal = $"{adapter.Info.Product} is not asked to join";
            return null;
        }

        if (spec.On.Count == 0 || left.Query is not { Skip: 0, First: null } || right.Query is not { Skip: 0, First: null })
        {
            refusal = "a side is more than a filtered table";
            return null;
        }

        SqlJoin join = new(adapter.Dialect, rules, spec, new(adapter.Dialect, left, "l"), new(adapter.Dialect, right, "r"));
        refusal = join.Refusal();
        if (refusal is not null)
        {
            return null;
        }

        strays.AddRange(new[] { join.Strays(join._left, [.. join._keys.Select(k => k.Left)]), join.Strays(join._right, [.. join._keys.Select(k => k.Right)]) }.OfType<SqlStatement>());
        return join.Statement();
    }

    private bool GivesRight => _spec.Type is not (JoinType.Semi or JoinType.Anti);

    private string? Refusal()
    {
        foreach ((int l, int r) in _keys)
        {
            if (_rules.Refusal(_left.Sources[l], _right.Sources[r]) is { } differs)
            {
                return differs;
            }
        }

        // the wider type would have to be asked for in the database's words
        return _output.Cells.Any(cell => cell.Converts) ? "key columns of one name differ in type"
            : _rules.RefusalOf(_spec.Type, _left.IsIndexed(_keys.Select(k => k.Left)), _right.IsIndexed(_keys.Select(k => k.Right)));
    }

    private SqlStatement? Strays(Side side, int[] keys)
    {
        string[] conditions = [.. keys.Select(k => _rules.Stray(side.Sources[k], side.Operand(k))).OfType<string>()];
        if (conditions.Length == 0)
        {
            return null;
        }

        SqlParameters parameters = new();
        return new($"SELECT 1 FROM {side.Select(keys, parameters)} WHERE {string.Join(" OR ", conditions)} LIMIT 1") { Parameters = parameters };
    }

    private SqlStatement Statement()
    {
        SqlParameters parameters = new();
        int[] leftUsed = [.. _output.Cells.Select(c => c.Left).Where(i => i >= 0).Concat(_keys.Select(k => k.Left)).Distinct().Order()];
        int[] rightUsed = [.. _output.Cells.Select(c => c.Right).Where(i => i >= 0).Concat(_keys.Select(k => k.Right)).Distinct().Order()];
        string on = string.Join(" AND ", _keys.Select(k => _rules.Equal(_left.Sources[k.Left], _left.Operand(k.Left), _right.Operand(k.Right))));
        StringBuilder sql = new("SELECT ");
        sql.AppendJoin(", ", _output.Current.Select((column, i) => _dialect.SelectColumn(column with { Name = Alias(i) })));
        sql.Append(" FROM (SELECT ").AppendJoin(", ", _output.Cells.Select((cell, i) => $"{Cell(cell)} AS {_dialect.Quote(Alias(i))}"));
        sql.Append(" FROM ").Append(_left.Select(leftUsed, parameters));
        if (GivesRight)
        {
            sql.Append(_spec.Type switch { JoinType.Left => " LEFT", JoinType.Right => " RIGHT", JoinType.Full => " FULL", _ => " INNER" });
            sql.Append(" JOIN ").Append(_right.Select(rightUsed, parameters)).Append(" ON ").Append(on);
        }
        else
        {
            sql.Append(_spec.Type == JoinType.Anti ? " WHERE NOT" : " WHERE").Append(" EXISTS (SELECT 1 FROM ").Append(_right.Select(rightUsed, parameters));
            sql.Append(" WHERE ").Append(on).Append(')');
        }

        sql.Append(") AS j");
        return new(sql.ToString()) { Parameters = parameters, Columns = _output.Current };
    }

    // a key of both sides is the left row's where there is one: else all of the left side is null
    private string Cell(JoinCell cell) => cell switch
    {
        { Left: >= 0, Right: >= 0 } when _spec.Type is JoinType.Right or JoinType.Full => $"COALESCE({_left.Operand(cell.Left)}, {_right.Operand(cell.Right)})",
        { Left: >= 0 } => _left.Operand(cell.Left),
        _ => _right.Operand(cell.Right),
    };

    private static string Alias(int i) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"c{i}");

    /// <summary>One of the tables, as a query whose columns have names of ours, so that no two can clash.</summary>
    private sealed class Side
    {
        private readonly SqlDialect _dialect;
        private readonly TableSchema _schema;
        private readonly BatchQuery _query;
        private readonly string _alias;

        internal Side(SqlDialect dialect, (TableSchema Schema, BatchQuery Query) table, string alias)
        {
            (_dialect, _schema, _query, _alias) = (dialect, table.Schema, table.Query, alias);
            List<(Column Source, Column Column)> picks = SqlSelect.Picks(_schema, _query);
            Sources = [.. picks.Select(p => p.Source)];
            Columns = [.. picks.Select(p => p.Column)];
        }

        /// <summary>The table's columns that are read.</summary>
        internal Column[] Sources { get; }

        /// <summary>The same under the names that they are read by.</summary>
        internal Column[] Columns { get; }

        internal bool IsIndexed(IEnumerable<int> keys) =>
            _schema.Key.Count > 0 && keys.Any(k => string.Equals(Sources[k].Name, _schema.Key[0], StringComparison.Ordinal));

        internal string Operand(int i) => $"{_alias}.{_dialect.Quote(Name(i))}";

        internal string Select(int[] used, SqlParameters parameters)
        {
            StringBuilder sql = new("(SELECT ");
            sql.AppendJoin(", ", used.Select(i => $"{_dialect.Quote(Sources[i].Name)} AS {_dialect.Quote(Name(i))}"));
            sql.Append(" FROM ").Append(_dialect.Quote(_query.Table));
            SqlSelect.Where(sql, _dialect, _schema, $"Table '{_query.Table}'", _query.Where, parameters);
            return sql.Append(") AS ").Append(_alias).ToString();
        }

        private string Name(int i) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_alias}{i}");
    }
}
