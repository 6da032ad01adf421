# Runs the Pester tests and leaves NUnit XML and, for the sum, one line: passed failed skipped.
param([string] $Pester, [string] $Path, [string] $Results, [string] $Counts)
$ErrorActionPreference = 'Stop'
Import-Module $Pester

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.TestResult.Enabled = $true
$configuration.TestResult.OutputFormat = 'NUnitXml'
$configuration.TestResult.OutputPath = $Results
$configuration.Output.Verbosity = 'Normal'
$run = Invoke-Pester -Configuration $configuration

$by = @{ Passed = 0; Failed = 0 }
$run.Tests | Group-Object { "$($_.Result)" } | ForEach-Object { $by[$_.Name] = $_.Count }
# a file that cannot be read, or a block that fails outside its tests, has no failed test of its own
$broken = $run.FailedContainersCount
if ($by.Failed -eq 0) { $broken = [Math]::Max($broken, $run.FailedBlocksCount) }
$failed = $by.Failed + $broken
foreach ($test in $run.Tests | Where-Object { "$($_.Result)" -in 'Skipped', 'Inconclusive' } | Group-Object { "$($_.ErrorRecord)" -replace '^is skipped, because ' }) {
    "$($test.Count) skipped: $(if ($test.Name) { $test.Name } else { 'no reason given' })"
}
Set-Content -LiteralPath $Counts -NoNewline -Value "$($by.Passed) $failed $($run.Tests.Count - $by.Passed - $by.Failed)"
exit [int]($failed -gt 0)
