namespace DbConductor.Spark;

/// <summary>
/// What a frame reads that is there for it alone: the folder of what was handed over, and what keeps a database's state. It goes when the frame is disposed, or no frame that was
/// made of it is there any more.
/// </summary>
internal sealed class FrameSource(LiveSession session, string folder, Holds holds) : IDisposable
{
    ~FrameSource() => Task.Run(() => session.ReleaseAsync(folder, holds));

    /// <summary>Whether it is gone.</summary>
    internal bool IsGone { get; private set; }

    public void Dispose()
    {
        IsGone = true;
        GC.SuppressFinalize(this);
        session.ReleaseAsync(folder, holds).GetAwaiter().GetResult();
    }
}
