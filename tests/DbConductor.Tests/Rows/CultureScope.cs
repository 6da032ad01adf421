using System.Globalization;

namespace DbConductor.Tests.Rows;

/// <summary>Runs a test's body under another culture: de-DE writes 1,5; tr-TR has two kinds of i.</summary>
internal sealed class CultureScope : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    internal CultureScope(string name) => CultureInfo.CurrentCulture = new(name);

    public void Dispose() => CultureInfo.CurrentCulture = _before;
}
