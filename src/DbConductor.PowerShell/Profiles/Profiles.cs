using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>What cmdlets need of the configured profiles.</summary>
internal static class Profiles
{
    /// <summary>Where the files are, seen from PowerShell's location in the file system.</summary>
    internal static ProfileLocations Locate(PSCmdlet cmdlet) => ProfileLocations.Find(Directory(cmdlet));

    /// <summary>Reads the files and the environment, and writes what the user should know of them as warnings.</summary>
    internal static ProfileStore Load(PSCmdlet cmdlet)
    {
        ProfileStore store = ProfileStore.Load(Locate(cmdlet));
        foreach (string warning in store.Warnings)
        {
            cmdlet.WriteWarning(warning);
        }

        return store;
    }

    /// <summary>A profile with a command's parameters over it and its secrets at hand, to connect with.</summary>
    /// <param name="cmdlet">Where warnings go, and whose runspace asks the vault.</param>
    /// <param name="name">The profile.</param>
    /// <param name="given">The command's parameters.</param>
    internal static AdapterProfile Resolve(PSCmdlet cmdlet, string name, ProfileSettings given) =>
        Load(cmdlet).Resolve(name, given, new SecretManagementVault(cmdlet).Get, cmdlet.WriteWarning);

    /// <summary>A command's parameters alone, with their secrets at hand.</summary>
    /// <param name="cmdlet">Where warnings go, and whose runspace asks the vault.</param>
    /// <param name="name">The name of the session to be.</param>
    /// <param name="given">The command's parameters.</param>
    internal static AdapterProfile ResolveGiven(PSCmdlet cmdlet, string name, ProfileSettings given) =>
        ProfileStore.Resolve(name, given, Directory(cmdlet), new SecretManagementVault(cmdlet).Get, cmdlet.WriteWarning);

    /// <summary>A password as a profile holds it: a SecureString is one itself, a text is a reference or else one itself.</summary>
    internal static Secret? Written(object? password) => PSObjects.Bare(password) switch
    {
        null => null,
        string text => new(text),
        System.Security.SecureString secure => Literal(new PSCredential("-", secure)),
        _ => throw new DbConductorException(
            DbErrorKind.InvalidArgument, $"-Password takes a reference ({SecretReference.Forms}) or a SecureString. A user name and password together go to -Credential."),
    };

    private static string Directory(PSCmdlet cmdlet) => cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>A credential's password, as a profile holds it.</summary>
    internal static Secret Literal(PSCredential credential) => new(SecretReference.Literal(credential.GetNetworkCredential().Password));
}
