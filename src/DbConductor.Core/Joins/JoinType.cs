namespace DbConductor;

/// <summary>Which rows a join gives.</summary>
public enum JoinType
{
    /// <summary>Pairs whose keys match.</summary>
    Inner,
    /// <summary>Those pairs, and left rows that match none, with nulls for the right side's columns.</summary>
    Left,
    /// <summary>Those pairs, and right rows that match none, with nulls for the left side's columns.</summary>
    Right,
    /// <summary>Those pairs, and the rows of either side that match none.</summary>
    Full,
    /// <summary>Left rows that match at least one right row, each once; no columns of the right side.</summary>
    Semi,
    /// <summary>Left rows that match no right row; no columns of the right side.</summary>
    Anti,
}
