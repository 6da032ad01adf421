namespace DbConductor.PowerShell;

/// <summary>What rows come out as.</summary>
public enum RowShape
{
    /// <summary>
    /// An object of a class made for the columns, whose properties can be set, also to null. Rows that lack fields, and rows after columns were
    /// appended, as documents have them, come as <see cref="PSCustomObject"/>.
    /// </summary>
    Row,
    /// <summary>A PSCustomObject without the fields that the row lacks.</summary>
    PSCustomObject,
    /// <summary>An ordered dictionary without the fields that the row lacks; nested documents too.</summary>
    Hashtable,
    /// <summary>One <see cref="System.Data.DataTable"/> with all rows, in memory.</summary>
    DataTable,
    /// <summary>The first column of the first row; nothing where there is no row.</summary>
    SingleValue,
}
