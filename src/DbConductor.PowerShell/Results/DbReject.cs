using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>A row that was refused while others of its call landed. Repair its <see cref="Data"/> and pipe it to Submit-DbReject.</summary>
public sealed class DbReject
{
    internal DbReject(Reject reject, DbAdapterSession? session, string from)
    {
        (Id, BatchId, Time, Table, Row) = (reject.Id, reject.BatchId, reject.Time, reject.Target, reject.Row);
        (Column, ErrorKind, Message, Adapter, From) = (reject.Column, reject.Kind.ToString(), reject.Message, session, from);
        PSObject data = PSObjects.New(4);
        foreach ((string name, object? value) in RowJson.Read(reject.Data))
        {
            data.Properties.Add(new PSNoteProperty(name, JsonObjects.FromCell(value)));
        }

        Data = data;
    }

    /// <summary>The table into which the row was to go.</summary>
    public string Table { get; }

    /// <summary>The row's number in its input, counted from 1.</summary>
    public long Row { get; }

    /// <summary>The column at fault; null where the server named none.</summary>
    public string? Column { get; }

    /// <summary>The class of error, as in the error's id: <c>InvalidData</c>, <c>DuplicateKey</c>, ...</summary>
    public string ErrorKind { get; }

    /// <summary>What is wrong and the remedy.</summary>
    public string Message { get; }

    /// <summary>The row. Its properties can be set; null in it is null, and a property that it lacks is left out.</summary>
    public object Data { get; set; }

    /// <summary>When it was refused.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The batch's id, or, where the call had none, an id that all rejects of the call share.</summary>
    public string BatchId { get; }

    /// <summary>What names this reject.</summary>
    public Guid Id { get; }

    /// <summary>The session that it was read from; null where it came from a file.</summary>
    public DbAdapterSession? Adapter { get; }

    /// <summary>The table or the file that it was read from.</summary>
    public string From { get; }
}
