namespace DbConductor.PowerShell;

/// <summary>The argument of <c>-AsView</c>.</summary>
internal static class ViewName
{
    /// <summary>Names that stand in a query as they are.</summary>
    internal const string Pattern = "^[A-Za-z_][A-Za-z0-9_]*$";

    /// <summary>Refuses a result that would both stay and go.</summary>
    internal static void Check(string? view, string? into)
    {
        if (view is not null && into is not null)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, "-AsView keeps the result in Spark, and -Into writes it into a table: give one. A view is written by Invoke-SparkSql 'select * from view' -Into table.");
        }
    }
}
