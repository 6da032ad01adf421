namespace DbConductor.PowerShell;

/// <summary>What a write would do, as <c>-PlanOnly</c> returns it.</summary>
public sealed class DbSavePlan
{
    internal DbSavePlan(DbAdapterSession session, SavePlan plan)
    {
        (Adapter, Table, Path, Mode, Rows) = (session.Name, plan.Table.ToString(), plan.Path, plan.Mode.ToString(), plan.Rows);

        // arrays: PowerShell cannot index the compiler's own read-only lists
        (Ddl, Warnings) = (plan.Ddl.ToArray(), plan.Warnings.ToArray());
        Columns = plan.Columns.Select(c => new DbColumnPlan(c.Source, c.SourceType, c.Target, c.TargetType, c.Note) { SourceNativeType = c.SourceNativeType, Unreadable = c.Unreadable }).ToArray();
    }

    /// <summary>The session's name.</summary>
    public string Adapter { get; }

    /// <summary>The table or collection.</summary>
    public string Table { get; }

    /// <summary>How rows would be written.</summary>
    public string Mode { get; }

    /// <summary>The number of rows; null where it cannot be known beforehand.</summary>
    public long? Rows { get; }

    /// <summary>The path that would be taken.</summary>
    public string Path { get; }

    /// <summary>Statements that would create what is missing.</summary>
    public IReadOnlyList<string> Ddl { get; }

    /// <summary>What becomes of each column.</summary>
    public IReadOnlyList<DbColumnPlan> Columns { get; }

    /// <summary>What the operator should know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The plan in words, as <c>-WhatIf</c> prints it.</summary>
    public override string ToString()
    {
        string rows = Rows is { } known ? $"{known} rows" : "rows";
        IEnumerable<string> parts = [$"{Mode} {rows} into {Table} of session '{Adapter}' by {Path}"];
        parts = parts.Concat(Ddl).Concat(Columns.Where(c => c.Note.Length > 0).Select(c => $"{c.Target}: {c.Note}")).Concat(Warnings);
        return string.Join("; ", parts.Select(p => p.TrimEnd('.'))) + ".";
    }
}
