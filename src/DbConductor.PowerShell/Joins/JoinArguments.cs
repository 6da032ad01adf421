using System.Collections;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Reads <c>-On</c>: names that both sides have, and <c>@{ left = 'right' }</c>.</summary>
internal static class JoinArguments
{
    internal static List<JoinOn> On(object[] on)
    {
        List<JoinOn> pairs = [];
        foreach (object given in on)
        {
            switch (PSObjects.Bare(given))
            {
                case string { Length: > 0 } name:
                    pairs.Add(new(name, name));
                    break;
                case IDictionary map:
                    foreach (DictionaryEntry entry in map)
                    {
                        pairs.Add(new(Name(entry.Key), Name(entry.Value)));
                    }

                    break;
                default:
                    throw Invalid();
            }
        }

        return pairs;
    }

    private static string Name(object? value) => PSObjects.Bare(value) is string { Length: > 0 } text ? text : throw Invalid();

    private static DbConductorException Invalid() => new(
        DbErrorKind.InvalidArgument, "-On takes names of columns that both sides have, such as -On id, day, or pairs: -On @{ left = 'right' }.");
}
