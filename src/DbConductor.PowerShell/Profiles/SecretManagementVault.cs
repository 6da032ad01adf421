using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Text;

namespace DbConductor.PowerShell;

/// <summary>
/// Follows <c>secret:vault/name</c> with Get-Secret of the module Microsoft.PowerShell.SecretManagement, where that is installed. Its types are:
/// string, SecureString, PSCredential, byte array (UTF-8 text here) and hashtable (with <c>Password</c>, and <c>UserName</c> if need be).
/// </summary>
internal sealed class SecretManagementVault(PSCmdlet cmdlet)
{
    private const string Module = "Microsoft.PowerShell.SecretManagement";

    /// <summary>Asks on the pipeline thread, the only one on which a script may run.</summary>
    internal VaultSecret Get(string? vault, string name)
    {
        string reference = $"secret:{vault}{(vault is null ? "" : "/")}{name}";
        CommandInfo command = cmdlet.InvokeCommand.GetCommand($"{Module}\\Get-Secret", CommandTypes.Cmdlet | CommandTypes.Function)
            ?? throw new DbConductorException(
                DbErrorKind.NotFound,
                $"'{reference}' needs the module {Module}, which is not installed here: Install-Module {Module}, or use env:NAME or file:path.")
            { Target = reference };
        Hashtable given = new() { ["Name"] = name };
        if (vault is not null)
        {
            given["Vault"] = vault;
        }

        ScriptBlock call = ScriptBlock.Create("param($command, $given) & $command @given -ErrorAction Stop");
        Collection<PSObject> found;
        try
        {
            found = cmdlet.InvokeCommand.InvokeScript(true, call, null, command, given);
        }
        catch (RuntimeException e)
        {
            // the text alone: what else hangs on the record is the vault's, and may hold what we must not show
            throw new DbConductorException(
                DbErrorKind.NotFound, $"'{reference}' could not be read: {Redaction.General.Scrub(e.ErrorRecord.Exception.Message)} Get-SecretInfo lists what there is.")
            { Target = reference };
        }

        object? value = found switch
        {
            [{ } one] => one.BaseObject,
            { Count: > 0 } when found.All(b => b?.BaseObject is byte) => found.Select(b => (byte)b.BaseObject).ToArray(),
            _ => null,
        };
        return Read(value) ?? throw new DbConductorException(
            DbErrorKind.InvalidType,
            $"'{reference}' is {(value is null ? "nothing, or several values" : $"a {value.GetType().Name}")}: a text, a SecureString, a PSCredential, "
            + "UTF-8 bytes or a hashtable with 'Password' (and 'UserName') can be used.")
        { Target = reference };
    }

    private static VaultSecret? Read(object? value) => value switch
    {
        PSCredential credential => new(Text(credential.UserName), new(credential.GetNetworkCredential().Password)),
        Hashtable table => Entry(table, "Password") is { } password ? new(Text(Entry(table, "UserName")), new(password)) : null,
        byte[] bytes => new(null, new(Encoding.UTF8.GetString(bytes))),
        _ => Text(value) is { } text ? new(null, new(text)) : null,
    };

    private static string? Entry(Hashtable table, string name) => Text(table.Keys.OfType<string>()
        .Where(k => k.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(k => table[k]).FirstOrDefault());

    private static string? Text(object? value) => PSObjects.Bare(value) switch
    {
        SecureString secure => new NetworkCredential("", secure).Password,
        string { Length: > 0 } text => text,
        _ => null,
    };
}
