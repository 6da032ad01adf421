namespace DbConductor.Sql;

/// <summary>
/// Where a database compares two key columns as <see cref="EmbeddedJoin"/> does: text by code points, numbers exactly. Elsewhere a join is not pushed down to it.
/// Holds no state.
/// </summary>
public abstract class SqlJoinRules
{
    /// <summary>Why the database does not compare two columns as we do, as a clause; null where it does.</summary>
    public abstract string? Refusal(Column left, Column right);

    /// <summary>The condition under which two keys are equal.</summary>
    /// <param name="left">The left column.</param>
    /// <param name="leftOperand">The left column as it stands in the statement.</param>
    /// <param name="rightOperand">The right column as it stands in the statement.</param>
    public virtual string Equal(Column left, string leftOperand, string rightOperand) => $"{leftOperand} = {rightOperand}";

    /// <summary>The condition under which a key's value is none that <see cref="Refusal"/> has judged, where a column's type binds nobody; null where it does.</summary>
    public virtual string? Stray(Column column, string operand) => null;

    /// <summary>Why the database would not say or take ages for a kind of join, as a clause; null where it does.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="leftIsIndexed">Whether the left table's primary key begins with a column of the join's key.</param>
    /// <param name="rightIsIndexed">The same of the right one.</param>
    public virtual string? RefusalOf(JoinType type, bool leftIsIndexed, bool rightIsIndexed) => null;

    /// <summary>The clause for columns that are compared in another way.</summary>
    protected static string Differs(Column left, Column right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return $"the database does not compare '{left.Name}' ({left.NativeType}) and '{right.Name}' ({right.NativeType}) as DbConductor does";
    }
}
