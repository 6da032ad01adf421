namespace DbConductor;

/// <summary>Keeps a version from being removed while it is read: renewed in the background, and of no effect soon after its process has died.</summary>
internal sealed class StashPin : IAsyncDisposable
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);

    private readonly StashManifest _manifest;
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly CancellationTokenSource _stop = new();
    private Task _renewal = Task.CompletedTask;

    private StashPin(StashManifest manifest) => _manifest = manifest;

    internal static async Task<StashPin> SetAsync(StashManifest manifest, string versionId, CancellationToken cancel)
    {
        StashPin pin = new(manifest);
        if (manifest.HasPins)
        {
            await manifest.AddPinAsync(pin._id, versionId, await pin.UntilAsync(cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
            pin._renewal = Task.Run(pin.RenewAsync, CancellationToken.None);
        }

        return pin;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_manifest.HasPins || _stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewal.ConfigureAwait(false);
        try
        {
            await _manifest.DeletePinAsync(_id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbConductorException)
        {
            // it runs out by itself
        }

        _stop.Dispose();
    }

    private async Task<long> UntilAsync(CancellationToken cancel) => await _manifest.NowAsync(cancel).ConfigureAwait(false) + StashTables.Micros(Duration);

    private async Task RenewAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Duration / 4, _stop.Token).ConfigureAwait(false);
                try
                {
                    await _manifest.ExtendPinAsync(_id, await UntilAsync(_stop.Token).ConfigureAwait(false), _stop.Token).ConfigureAwait(false);
                }
                catch (DbConductorException)
                {
                    // tried again a quarter of its time later
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
