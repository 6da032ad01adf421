BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Sessions on MySQL' {
    BeforeAll {
        . $PSScriptRoot/TestAdapters.ps1
        # the driver trusts 127.0.0.1 with a password in the open, so that it takes another address of the machine to see what it does elsewhere
        if (-not ('PesterRelay' -as [type])) {
            Add-Type -TypeDefinition @'
using System.Net; using System.Net.Sockets; using System.Threading.Tasks;
public sealed class PesterRelay {
    readonly TcpListener listener; readonly int target;
    public PesterRelay(string address, int target) { this.target = target; listener = new TcpListener(IPAddress.Parse(address), 0); listener.Start(); _ = Accept(); }
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
    public void Stop() => listener.Stop();
    async Task Accept() { try { while (true) _ = Relay(await listener.AcceptTcpClientAsync()); } catch (SocketException) { } }
    async Task Relay(TcpClient client) {
        using var server = new TcpClient("127.0.0.1", target); using (client)
        await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream())); } }
'@
        }

        $session = Open-TestSession MySql
        $address = [Net.Dns]::GetHostAddresses([Net.Dns]::GetHostName()) | Where-Object { $_.AddressFamily -eq 'InterNetwork' -and -not [Net.IPAddress]::IsLoopback($_) } | Select-Object -First 1
        $user = "u$([guid]::NewGuid().ToString('N').Substring(0, 20))"
        if ($session) {
            $database = Get-TestSchema $session
            $server = [Data.Common.DbConnectionStringBuilder]@{ ConnectionString = $env:DBCONDUCTOR_TEST_MYSQL }
            $null = Invoke-DbQuery "create user $user@'%' identified with caching_sha2_password by 'in the open'"
            $null = Invoke-DbQuery "grant all on $database.* to $user@'%'"
            $relay = if ($address) { [PesterRelay]::new("$address", $server['Port']) }
            $password = ConvertTo-SecureString 'in the open' -AsPlainText -Force
            $where = @{
                Type = 'MySql'; Server = "$address"; Port = $relay.Port; Database = $database; Credential = [pscredential]::new($user, $password); Name = 'open'
            }
        }
    }

    AfterAll {
        if ($session) { $null = Invoke-DbQuery "drop user $user@'%'" }
        if ($relay) { $relay.Stop() }
        Close-TestSession $session
    }

    It 'A password goes over TLS or under the server''s key; the error says so, and of what kind it is' {
        Skip-WithoutServer $session
        if (-not $address) { Set-ItResult -Skipped -Because 'the machine has no address but 127.0.0.1' }
        $failure = Get-Failure { Connect-DbAdapter @where -Option @{ SslMode = 'None' } }

        $failure.FullyQualifiedErrorId | Should -Be 'DbConductor.Authentication,DbConductor.PowerShell.ConnectDbAdapterCommand'
        $failure.CategoryInfo.Category | Should -Be 'AuthenticationError'
        "$failure" | Should -BeLike "*caching_sha2_password*SslMode = 'Required'*AllowPublicKeyRetrieval*"
        "$failure" | Should -Not -BeLike '*in the open*'

        Connect-DbAdapter @where -Option @{ SslMode = 'None'; AllowPublicKeyRetrieval = 'true' } | Disconnect-DbAdapter
    }
}
