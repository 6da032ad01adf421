using System.Management.Automation;

namespace DbConductor.Benchmarks.Cmdlets;

/// <summary>Pipes custom objects with the benchmark's ten properties.</summary>
[Cmdlet(VerbsCommon.New, "BenchRow")]
public sealed class NewBenchRowCommand : PSCmdlet
{
    /// <summary>How many.</summary>
    [Parameter(Mandatory = true)]
    public long Count { get; set; }

    /// <summary>Rows after which the live heap is taken, for a run whose memory must stay flat.</summary>
    [Parameter]
    public long[] ProbeAt { get; set; } = [];

    /// <summary>The live megabytes at each probe, of the last run.</summary>
    public static List<double> Live { get; } = [];

    protected override void EndProcessing()
    {
        Live.Clear();
        using BenchRows rows = new(Count);
        for (long i = 1; rows.Read(); i++)
        {
            PSObject item = new();
            for (int c = 0; c < rows.FieldCount; c++)
            {
                item.Properties.Add(new PSNoteProperty(BenchRows.Shape[c].Name, rows.IsDBNull(c) ? null : rows.GetValue(c)), true);
            }

            WriteObject(item);
            if (ProbeAt.Contains(i))
            {
                Live.Add(GC.GetTotalMemory(forceFullCollection: true) / 1048576.0);
            }
        }
    }
}
