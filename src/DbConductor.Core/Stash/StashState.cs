namespace DbConductor;

/// <summary>What has become of a version of a stash.</summary>
public enum StashState
{
    /// <summary>Its rows are being written, or their writer has died.</summary>
    Writing,
    /// <summary>Its rows can be read.</summary>
    Ready,
    /// <summary>Its rows can be read, but it is past its time and may be removed.</summary>
    Expired,
}
