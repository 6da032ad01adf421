using System.Collections;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>
/// Makes a profile, or changes the given settings of one; the others stay. An empty text, port 0 and a timeout of 0 take a setting away.
/// </summary>
[Cmdlet(VerbsCommon.Set, "DbProfile", SupportsShouldProcess = true, DefaultParameterSetName = "Password")]
[OutputType(typeof(void))]
public sealed class SetDbProfileCommand : ProfileFileCmdlet
{
    /// <summary>The profile's name.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The adapter's type, such as <c>PostgreSql</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string? Type { get; set; }

    /// <summary>Host name or address, or the directory of a Unix socket.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Server { get; set; }

    /// <summary>TCP port; 0 goes back to the product's usual one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int? Port { get; set; }

    /// <summary>The database's name; for SQLite the file, relative to PowerShell's location, or <c>:memory:</c>.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Database { get; set; }

    /// <summary>User name and password. The password is kept in plain text, which has to be asked for with <c>-AllowPlainSecret</c>.</summary>
    [Parameter(ParameterSetName = "Credential", Mandatory = true)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The user's name.</summary>
    [Parameter(ParameterSetName = "Password")]
    [AllowEmptyString]
    public string? UserName { get; set; }

    /// <summary>
    /// The password: a reference to it (<c>env:NAME</c>, <c>file:path</c>, <c>secret:vault/name</c>), or itself as a SecureString, which is kept in plain
    /// text and has to be asked for with <c>-AllowPlainSecret</c>.
    /// </summary>
    [Parameter(ParameterSetName = "Password")]
    [AllowEmptyString]
    public object? Password { get; set; }

    /// <summary>A driver's own connection string, or a reference to one.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? ConnectionString { get; set; }

    /// <summary>The driver's own further settings, by its own keywords; null or an empty text takes one away.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Option { get; set; }

    /// <summary>How long connecting may take.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Allows a secret to stand in the file itself.</summary>
    [Parameter]
    public SwitchParameter AllowPlainSecret { get; set; }

    private protected override void End()
    {
        ProfileLocations locations = Profiles.Locate(this);
        string file = File(locations);
        if (ShouldProcess($"{Name} in {file}", "Set profile"))
        {
            ProfileEditor.Set(file, FileScope, Name, Given(locations, file), AllowPlainSecret);
            WriteVerbose($"Profile '{Name}' is in {file}.");
        }
    }

    private ProfileSettings Given(ProfileLocations locations, string file) => new()
    {
        Type = Type,
        Server = Server,
        Port = Port,
        Database = Place(locations, file),
        UserName = Credential?.UserName ?? UserName,
        Password = Credential is null ? Profiles.Written(Password) : Profiles.Literal(Credential),
        ConnectionString = ConnectionString is null ? null : new Secret(ConnectionString),
        Options = Option is null ? new Dictionary<string, string>() : Options.ToText(Option),
        Timeout = Timeout,
    };

    /// <summary>
    /// A file's path is given relative to PowerShell's location and kept so that it means the same from anywhere: relative to the project's file, so that
    /// the project can move, or absolute.
    /// </summary>
    private string? Place(ProfileLocations locations, string file)
    {
        if (string.IsNullOrEmpty(Database) || !IsFile(locations))
        {
            return Database;
        }

        string full = ResolvePath(Database);
        return Scope == DbProfileScope.User ? full : Path.GetRelativePath(Path.GetDirectoryName(file)!, full);
    }

    private bool IsFile(ProfileLocations locations)
    {
        ProfileStore store = ProfileStore.Load(locations);
        string? type = Type ?? (store.Scopes(Name).Count > 0 ? store.Describe(Name)["type"]?.Value : null);
        return Database != ":memory:" && type is not null && Find(type) is { DatabaseIsFile: true };
    }

    private static IAdapterFactory? Find(string type)
    {
        try
        {
            return AdapterCatalog.Installed.Find(type);
        }
        catch (DbConductorException)
        {
            // a profile may be made before its adapter is installed
            return null;
        }
    }
}
