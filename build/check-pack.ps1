# Imports the packed module as an operator who unpacked it would, and sends a row through it.
param([string] $Modules, [string] $Version)
$ErrorActionPreference = 'Stop'
$env:PSModulePath = $Modules + [IO.Path]::PathSeparator + $env:PSModulePath

$manifest = Test-ModuleManifest (Join-Path $Modules DbConductor $Version DbConductor.psd1)
$module = Import-Module DbConductor -PassThru
if ($module.ModuleBase -ne (Join-Path $Modules DbConductor $Version)) { throw "imported from $($module.ModuleBase)" }
$missing = $manifest.ExportedCmdlets.Keys | Where-Object { -not $module.ExportedCmdlets.ContainsKey($_) }
if ($missing) { throw "the manifest exports cmdlets that the module lacks: $missing" }

Connect-DbAdapter -Type Sqlite -Database ':memory:' | Out-Null
[pscustomobject]@{ id = 1; name = 'one' } | Save-DbBatch -Into numbers -CreateTable | Out-Null
$row = Get-DbBatch -From numbers
if ($row.id -ne 1 -or $row.name -cne 'one') { throw 'a row did not come back as it was sent' }
Disconnect-DbAdapter
"the pack imports from a clean folder: DbConductor $($module.Version) with $($module.ExportedCmdlets.Count) cmdlets"
