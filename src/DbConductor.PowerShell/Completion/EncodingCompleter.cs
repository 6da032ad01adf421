using System.Collections;

namespace DbConductor.PowerShell;

/// <summary>The encodings that are asked for most.</summary>
internal sealed class EncodingCompleter : DbCompleter
{
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound) =>
        ["utf8", "utf8BOM", "unicode", "bigendianunicode", "utf32", "ascii", "latin1"];
}
