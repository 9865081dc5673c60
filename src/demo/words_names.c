/* Names and places: the lists of single words. */
#include "demo/words_text.h"

const char words_first[] =
    "Aaron\nAbigail\nAdam\nAdriana\nAisha\nAlan\nAlejandro\nAlice\nAlicia\nAmanda\n"
    "Amir\nAna\nAndrea\nAndrew\nAngela\nAnna\nAnthony\nAntonio\nApril\nArjun\nAshley\n"
    "Barbara\nBenjamin\nBeth\nBrandon\nBrenda\nBrian\nBruce\nCaleb\nCamila\nCarla\n"
    "Carlos\nCaroline\nCatherine\nCharles\nCheryl\nChloe\nChristina\nChristopher\n"
    "Claire\nConnor\nCraig\nCrystal\nCynthia\nDaniel\nDanielle\nDavid\nDeborah\n"
    "Dennis\nDerek\nDiana\nDiego\nDonald\nDonna\nDylan\nEdward\nEileen\nElena\n"
    "Elizabeth\nEmily\nEmma\nEric\nErin\nEthan\nEva\nEvan\nFaith\nFelix\nFernando\n"
    "Frank\nGabriel\nGary\nGeorge\nGloria\nGordon\nGrace\nGreg\nHannah\nHarold\n"
    "Heather\nHelen\nHenry\nHiroshi\nHolly\nIan\nIngrid\nIsaac\nIsabel\nJack\nJacob\n"
    "Jaime\nJames\nJanet\nJasmine\nJason\nJeffrey\nJennifer\nJeremy\nJessica\nJoan\n"
    "Joel\nJohn\nJonathan\nJordan\nJorge\nJoseph\nJoshua\nJuan\nJudith\nJulia\n"
    "Justin\nKaren\nKatherine\nKayla\nKeith\nKelly\nKenneth\nKevin\nKim\nKyle\nLarry\n"
    "Laura\nLauren\nLeah\nLeonard\nLeticia\nLiam\nLinda\nLisa\nLogan\nLucas\nLucy\n"
    "Luis\nLydia\nManuel\nMarcus\nMargaret\nMaria\nMariana\nMark\nMartin\nMary\n"
    "Matthew\nMegan\nMei\nMelissa\nMichael\nMichelle\nMiguel\nMonica\nNancy\nNatalie\n"
    "Nathan\nNicholas\nNicole\nNina\nNoah\nOliver\nOlivia\nOscar\nPamela\nPatricia\n"
    "Patrick\nPaul\nPaula\nPeter\nPhilip\nPriya\nRachel\nRafael\nRaymond\nRebecca\n"
    "Ricardo\nRichard\nRobert\nRosa\nRoy\nRussell\nRuth\nRyan\nSamantha\nSamuel\n"
    "Sandra\nSara\nScott\nSean\nSergio\nShannon\nSharon\nSofia\nStephanie\nStephen\n"
    "Steven\nSusan\nTanya\nTeresa\nThomas\nTiffany\nTimothy\nTina\nTomas\nTracy\n"
    "Travis\nTyler\nValerie\nVanessa\nVeronica\nVictor\nVictoria\nVincent\nVivian\n"
    "Walter\nWendy\nWesley\nWilliam\nXavier\nYolanda\nYusuf\nZachary\nZoe";

const char words_last[] =
    "Adams\nAguilar\nAlexander\nAllen\nAlvarez\nAnderson\nAndrews\nArmstrong\nArnold\n"
    "Bailey\nBaker\nBarnes\nBecker\nBell\nBennett\nBerry\nBishop\nBlack\nBoyd\n"
    "Bradley\nBrooks\nBrown\nBryant\nBurke\nBurns\nButler\nCampbell\nCarlson\n"
    "Carpenter\nCarr\nCarter\nCastillo\nCastro\nChang\nChapman\nChavez\nChen\nClark\n"
    "Cole\nColeman\nCollins\nCook\nCooper\nCox\nCrawford\nCruz\nCunningham\nDavis\n"
    "Day\nDean\nDelgado\nDiaz\nDixon\nDouglas\nDuncan\nDunn\nEdwards\nElliott\nEllis\n"
    "Evans\nFerguson\nFernandez\nFields\nFisher\nFleming\nFlores\nFord\nFoster\n"
    "Fowler\nFox\nFranklin\nFreeman\nFuller\nGarcia\nGardner\nGarza\nGibson\nGilbert\n"
    "Gomez\nGonzalez\nGordon\nGraham\nGrant\nGray\nGreen\nGriffin\nGupta\nGutierrez\n"
    "Hall\nHamilton\nHansen\nHanson\nHarper\nHarris\nHarrison\nHart\nHarvey\nHawkins\n"
    "Hayes\nHenderson\nHenry\nHernandez\nHerrera\nHicks\nHill\nHoffman\nHolmes\n"
    "Howard\nHowell\nHudson\nHughes\nHunt\nHunter\nJackson\nJacobs\nJames\nJenkins\n"
    "Jensen\nJimenez\nJohnson\nJohnston\nJones\nJordan\nKapoor\nKeller\nKelly\n"
    "Kennedy\nKim\nKing\nKnight\nKowalski\nLane\nLarson\nLawrence\nLawson\nLee\n"
    "Lewis\nLindqvist\nLong\nLopez\nLynch\nMarshall\nMartin\nMartinez\nMason\n"
    "Matthews\nMcCarthy\nMcDonald\nMedina\nMendoza\nMeyer\nMiller\nMills\nMitchell\n"
    "Montgomery\nMoore\nMorales\nMoreno\nMorgan\nMorris\nMorrison\nMurphy\nMurray\n"
    "Myers\nNakamura\nNelson\nNguyen\nNichols\nNovak\nOlson\nOrtega\nOrtiz\nOwens\n"
    "Palmer\nPark\nParker\nPatel\nPatterson\nPayne\nPerez\nPerkins\nPerry\nPeters\n"
    "Peterson\nPhillips\nPierce\nPorter\nPowell\nPrice\nRamirez\nRamos\nReed\nReyes\n"
    "Reynolds\nRice\nRichardson\nRiley\nRivera\nRoberts\nRobertson\nRobinson\n"
    "Rodriguez\nRogers\nRomero\nRose\nRoss\nRussell\nRyan\nSalazar\nSanchez\nSanders\n"
    "Santiago\nSchmidt\nSchneider\nSchultz\nScott\nShaw\nSilva\nSimmons\nSimpson\n"
    "Singh\nSmith\nSnyder\nSoto\nSpencer\nStephens\nStevens\nStewart\nStone\n"
    "Sullivan\nTanaka\nTaylor\nThomas\nThompson\nTorres\nTran\nTucker\nTurner\n"
    "Vargas\nVasquez\nWagner\nWalker\nWallace\nWard\nWarren\nWatson\nWeaver\nWebb";

const char words_company[] =
    "Halvorsen\nBrightwell\nQuillon\nTarrant\nOsterby\nMeridale\nVanterra\nKestrelon\n"
    "Northmoor\nCalloway\nRedfern\nAshgrove\nStellan\nTorvik\nBexhill\nCaldera\n"
    "Dunmore\nElmstead\nFarnwick\nGlenrock\nHarrowgate\nIronvale\nJuniper\nKilbride\n"
    "Lockhart\nMarlowe\nNetherby\nOakhurst\nPenrose\nQuarrington\nRockwell-Dane\n"
    "Silverton\nThornbury\nUnderhill\nValdris\nWestbrook\nYarrow\nZephyrline\n"
    "Aldercroft\nBirchmont\nCedarline\nDrayton\nEastlake\nFennimore\nGreystone\n"
    "Hollins\nInverness\nJarrow\nKingsway\nLangford\nMontrose\nNewhall\nOrwell\n"
    "Pinecrest\nRavenna\nStanmore\nTrelawney\nUpland\nVickery\nWexford";

const char words_trade[] =
    "Precision\nCastings\nFasteners\nMachining\nComposites\nElectronics\n"
    "Fluid Systems\nCoatings\nTooling\nMetals\nCable\nForge\nOptics\nControls\n"
    "Bearings\nSeals\nCircuits\nInstruments\nHeat Treat\nPropulsion\nPlating\n"
    "Polymers\nLogistics\nCalibration\nHydraulics\nConnectors\nWelding\nSprings\n"
    "Gaskets\nAdditive";

const char words_legal[] = "Inc.\nLLC\nCorp.\nGmbH\nLtd.\nCo.\nS.A.\nAB";

const char words_street[] =
    "Foundry Way\nAirport Blvd\nIndustrial Pkwy\nMill Road\nHarbor Drive\n"
    "Commerce Street\nLathe Court\nAnvil Lane\nTurbine Avenue\nRailside Road\n"
    "Quarry Street\nBeacon Hill Road\nOrchard Avenue\nDockyard Road\nSpindle Lane\n"
    "Hangar Row\nMeadow Brook Drive\nOld Canal Street\nGranite Way\nJuniper Street\n"
    "Cannery Row\nUnion Street\nSecond Avenue\nMarket Street\nEnterprise Circle";

const char words_city[] =
    "Torrance, CA 905\nHawthorne, CA 902\nKent, WA 980\nEverett, WA 982\n"
    "Boulder, CO 803\nHuntsville, AL 358\nTempe, AZ 852\nAustin, TX 787\n"
    "Wichita, KS 672\nDayton, OH 454\nRochester, NY 146\nHartford, CT 061\n"
    "Melbourne, FL 329\nSavannah, GA 314\nTulsa, OK 741\nReno, NV 895\nSalem, OR 973\n"
    "Madison, WI 537\nLowell, MA 018\nErie, PA 165";

const char words_area[] =
    "310\n323\n415\n425\n480\n503\n512\n602\n617\n719\n720\n737\n805\n818\n904\n918\n"
    "937\n949\n971\n860";

const char words_currency[] = "USD\nEUR\nGBP\nCAD\nJPY\nAUD";

const char words_role[] =
    "Manufacturing Engineer\nQuality Engineer\nTechnician\nLead Technician\n"
    "Inspector\nSupply Chain\nBuyer\nProduction Manager\nTest Engineer\nWelder\n"
    "Material Handler\nPlanner\nAdministrator\nDesign Engineer\nAuditor\nReceiving";

const char words_team[] =
    "Final Assembly\nHarness Shop\nWeld Cell\nMachining\nComposites\nClean Room\n"
    "Test Stand 1\nTest Stand 2\nReceiving Inspection\nIncoming Quality\nKitting\n"
    "Stores\nPaint and Coating\nAvionics Integration\nPropulsion Integration\n"
    "Structures\nFluids\nCalibration Lab\nMetrology\nTooling\nNight Shift\n"
    "Prototype Shop\nElectronics\nPotting and Staking\nBattery Line\nMotor Winding\n"
    "Rework\nShipping\nPurchasing\nProduction Control\nMaterials Review\n"
    "Document Control\nMaintenance\nFacilities\nVacuum Test\nVibration Lab\n"
    "Thermal Lab\nBalancing\nCable Test\nConfiguration Management";
