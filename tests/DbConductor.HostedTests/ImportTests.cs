using System.Management.Automation;
using System.Runtime.Loader;

namespace DbConductor.HostedTests;

/// <summary>The module imports in a host other than pwsh.</summary>
public sealed class ImportTests : IDisposable
{
    private readonly HostedModule _module = new();

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Every_cmdlet_that_the_manifest_exports_is_there()
    {
        var manifest = (System.Collections.Hashtable)_module.Run("& ([scriptblock]::Create([IO.File]::ReadAllText($args[0])))", HostedModule.ManifestPath).Single().BaseObject;
        var exported = ((object[])manifest["CmdletsToExport"]!).Cast<string>().Order().ToList();

        var there = _module.Run("Get-Command -Module DbConductor").Select(command => ((CommandInfo)command.BaseObject).Name).Order().ToList();

        Assert.NotEmpty(exported);
        Assert.Equal(exported, there);
    }

    [Fact]
    public void Another_import_and_a_forced_one_leave_the_cmdlets_there()
    {
        var count = _module.Run("Import-Module $args[0]; Import-Module $args[0] -Force; Remove-Module DbConductor; Import-Module $args[0]; (Get-Command -Module DbConductor).Count",
            HostedModule.ManifestPath).Single().BaseObject;

        Assert.True((int)count > 3, $"{count} cmdlets");
    }

    [Fact]
    public void Nothing_but_the_cmdlets_and_the_core_is_visible_to_other_modules()
    {
        _module.Run("try { Connect-DbAdapter -Type NoSuchType } catch { }");

        var visible = AssemblyLoadContext.Default.Assemblies.Select(assembly => assembly.GetName().Name!).ToList();

        Assert.Contains("DbConductor.PowerShell", visible);
        Assert.DoesNotContain(visible, name => name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) || name == "DbConductor.Core");
    }

    [Fact]
    public void An_unknown_type_is_answered_with_those_there_are()
    {
        var error = _module.Fail("Connect-DbAdapter -Type NoSuchType");

        Assert.Contains("Sqlite", error.Exception.Message, StringComparison.Ordinal);
    }
}
