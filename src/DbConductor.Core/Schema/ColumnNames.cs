namespace DbConductor;

/// <summary>How names of columns are matched, everywhere: the exact spelling first, else the only one that differs by case alone.</summary>
public static class ColumnNames
{
    /// <summary>Finds a column by name.</summary>
    /// <returns>The ordinal, or -1 where no column fits or several differ only by case.</returns>
    public static int IndexOf(IReadOnlyList<Column> columns, string name)
    {
        ArgumentNullException.ThrowIfNull(columns);
        int found = -1;
        bool several = false;
        for (int i = 0; i < columns.Count; i++)
        {
            string candidate = columns[i].Name;
            if (string.Equals(candidate, name, StringComparison.Ordinal))
            {
                return i;
            }

            if (string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
            {
                several = found >= 0;
                found = i;
            }
        }

        return several ? -1 : found;
    }

    /// <summary>Finds a column by name, or says which columns there are.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotFound"/>: no such column, or the name is ambiguous.</exception>
    public static int Require(IReadOnlyList<Column> columns, string name, string owner)
    {
        int index = IndexOf(columns, name);
        return index >= 0 ? index : throw new DbConductorException(
            DbErrorKind.ColumnNotFound,
            $"{owner} has no column '{name}'. Its columns are: {string.Join(", ", columns.Select(c => c.Name))}.")
        { Column = name, Target = owner };
    }
}
