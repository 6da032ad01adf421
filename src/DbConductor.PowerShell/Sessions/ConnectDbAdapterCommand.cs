using System.Collections;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Opens a session on a database.</summary>
[Cmdlet(VerbsCommunications.Connect, "DbAdapter", DefaultParameterSetName = "Type")]
[OutputType(typeof(DbAdapterSession))]
public sealed class ConnectDbAdapterCommand : DbCmdlet
{
    /// <summary>The session's name; else the profile's, else <c>default</c>. A name that is taken goes to the new session, and the old one is closed.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The adapter's type, such as <c>Sqlite</c>.</summary>
    [Parameter(ParameterSetName = "Type", Mandatory = true)]
    [Parameter(ParameterSetName = "ConnectionString", Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string? Type { get; set; }

    /// <summary>A configured profile, as Get-DbProfile lists them; other parameters go over its settings.</summary>
    [Parameter(ParameterSetName = "Profile", Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileNameCompleter))]
    public string? Profile { get; set; }

    /// <summary>Host name or address, or the directory of a Unix socket.</summary>
    [Parameter(ParameterSetName = "Type")]
    [Parameter(ParameterSetName = "Profile")]
    [ValidateNotNullOrEmpty]
    public string? Server { get; set; }

    /// <summary>TCP port; else the product's usual one.</summary>
    [Parameter(ParameterSetName = "Type")]
    [Parameter(ParameterSetName = "Profile")]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>The database's name; for SQLite the file, relative to PowerShell's location, or <c>:memory:</c>.</summary>
    [Parameter(ParameterSetName = "Type")]
    [Parameter(ParameterSetName = "Profile")]
    [ValidateNotNullOrEmpty]
    public string? Database { get; set; }

    /// <summary>User name and password.</summary>
    [Parameter(ParameterSetName = "Type")]
    [Parameter(ParameterSetName = "Profile")]
    [Parameter(ParameterSetName = "ConnectionString")]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The driver's own further settings, by its own keywords.</summary>
    [Parameter(ParameterSetName = "Type")]
    [Parameter(ParameterSetName = "Profile")]
    public IDictionary? Option { get; set; }

    /// <summary>A driver's own connection string, or a reference to one: <c>env:NAME</c>, <c>file:path</c>, <c>secret:vault/name</c>.</summary>
    [Parameter(ParameterSetName = "ConnectionString", Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? ConnectionString { get; set; }

    /// <summary>How long connecting may take; 15 seconds unless told.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    private protected override void End()
    {
        AdapterProfile profile = MakeProfile();
        string name = Name ?? (Profile is null ? SessionTable.DefaultName : profile.Name);
        SessionTable table = SessionTable.Current;
        if (table.Find(name) is { InTransaction: true })
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation,
                $"Session '{name}' has a transaction open. End it first (Complete-DbTransaction, Undo-DbTransaction), or give the new session another -Name.")
            { Target = name };
        }

        IDbAdapter adapter = AdapterCatalog.Installed.Find(profile.Type).Create(profile, AdapterServices.ForHost(ResolvePath));
        try
        {
            Await(adapter.ConnectAsync);
        }
        catch
        {
            AwaitToTheEnd(_ => adapter.DisposeAsync().AsTask());
            throw;
        }

        DbAdapterSession session = new(name, adapter);
        Replace(table, session);
        table.Add(session);
        WriteVerbose($"Session '{name}': {session.Product} {session.ServerVersion}, {session.Location}.");
        WriteObject(session);
    }

    private void Replace(SessionTable table, DbAdapterSession next)
    {
        if (table.Find(next.Name) is not { } old)
        {
            return;
        }

        string message = $"Session '{old.Name}' on {old.Location} was closed: its name went to a new session. -Name keeps both open.";
        AwaitToTheEnd(_ => old.CloseAsync("its name went to a later session; -Name keeps both open."));
        if (old.Location == next.Location && old.Type == next.Type)
        {
            WriteVerbose(message);
        }
        else
        {
            WriteWarning(message);
        }
    }

    private AdapterProfile MakeProfile()
    {
        ProfileSettings given = new()
        {
            Type = Type,
            Server = Server,
            Port = Port,
            Database = Database,
            UserName = Credential?.UserName,
            Password = Credential is null ? null : Profiles.Literal(Credential),
            ConnectionString = ConnectionString is null ? null : new Secret(ConnectionString),
            Options = Option is null ? new Dictionary<string, string>() : Options.ToText(Option),
            Timeout = Timeout,
        };
        return Profile is null ? Profiles.ResolveGiven(this, Name ?? SessionTable.DefaultName, given) : Profiles.Resolve(this, Profile, given);
    }
}
