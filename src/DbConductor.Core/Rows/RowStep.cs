namespace DbConductor;

/// <summary>What <see cref="RowWalker.NextAsync"/> came upon.</summary>
public enum RowStep
{
    /// <summary>The stream has ended.</summary>
    End,
    /// <summary>The reader stands on a row.</summary>
    Row,
    /// <summary>The columns are now <see cref="RowReader.Columns"/>: always the first step, and again whenever columns were appended.</summary>
    Columns,
}
