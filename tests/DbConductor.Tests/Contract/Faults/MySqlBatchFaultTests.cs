using DbConductor.Tests.Servers;

namespace DbConductor.Tests.Contract;

/// <summary>Batches into MySQL, whose server is killed.</summary>
public sealed class MySqlBatchFaultTests : BatchFaultTests
{
    private protected override FaultServer StartServer() => Server();

    internal static FaultServer Server() => MariaDbMySqlBatchFaultTests.Server(
        TestbedServer.Start("mysql", FaultServer.Require(TestbedServer.Find("mysql"), "MySQL", isPackage: false), "--", "--innodb-flush-log-at-trx-commit=2"));
}
