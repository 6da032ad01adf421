using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace DbConductor.PowerShell;

/// <summary>Completes an argument from a list of names; whatever goes wrong completes nothing.</summary>
internal abstract class DbCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            string word = wordToComplete.Trim('\'', '"');
            WildcardPattern pattern = new(WildcardPattern.Escape(word) + "*", WildcardOptions.IgnoreCase);
            return [.. Names(parameterName, fakeBoundParameters).Where(name => pattern.IsMatch(name))
                .Select(name => new CompletionResult(Quote(name), name, CompletionResultType.ParameterValue, name))];
        }
        catch (Exception error) when (error is DbConductorException or TimeoutException or OperationCanceledException)
        {
            return [];
        }
    }

    private protected abstract IEnumerable<string> Names(string parameterName, IDictionary bound);

    private static string Quote(string name) =>
        name.Length > 0 && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '.') && !char.IsDigit(name[0])
            ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
