using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DbConductor.HostedTests;

/// <summary>A runspace with the built module imported, as it lies in out/DbConductor.</summary>
public sealed class HostedModule : IDisposable
{
    private readonly Runspace _runspace;

    /// <summary>Opens it.</summary>
    public HostedModule()
    {
        _runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        _runspace.Open();
        Run("$ErrorActionPreference = 'Stop'; Import-Module $args[0]", ManifestPath);
    }

    /// <summary>The built module's manifest.</summary>
    public static string ManifestPath { get; } = FindManifest();

    /// <summary>Runs a script and returns what it writes; its first error is thrown.</summary>
    public IReadOnlyList<PSObject> Run(string script, params object[] arguments)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        foreach (var argument in arguments)
            shell.AddArgument(argument);
        var output = shell.Invoke();
        return shell.Streams.Error.Count == 0 ? output : throw new RuntimeException(shell.Streams.Error[0].ToString(), null, shell.Streams.Error[0]);
    }

    /// <summary>Runs a script that must fail, and returns the error.</summary>
    public ErrorRecord Fail(string script, params object[] arguments)
    {
        // an assertion's exception is no RuntimeException, so that a script that does not fail is not taken for one that does
        return Assert.ThrowsAny<RuntimeException>(() => Run(script, arguments)).ErrorRecord;
    }

    /// <inheritdoc/>
    public void Dispose() => _runspace.Dispose();

    private static string FindManifest()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DbConductor.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("DbConductor.sln is in no folder above the tests");
        return Path.Combine(folder.FullName, "out", "DbConductor", "DbConductor.psd1");
    }
}
