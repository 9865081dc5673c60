/* The shop floor: parts, places, steps and what is measured. */
#include "demo/words_text.h"

const char words_subtype[] =
    "Bracket=BRKT\nHarness=HRN\nValve=VLV\nCircuit card=CCA\nFastener=FST\n"
    "Manifold=MFD\nTank=TNK\nNozzle=NZL\nHousing=HSG\nShaft=SHF\nBearing=BRG\n"
    "Seal=SEL\nGasket=GSK\nSensor=SNS\nMotor=MTR\nPump=PMP\nPanel=PNL\nPlate=PLT\n"
    "Fitting=FTG\nTube assembly=TUB\nConnector=CON\nSpring=SPR\nActuator=ACT\n"
    "Filter=FLT\nRegulator=REG\nFrame=FRM\nCover=CVR\nHinge=HNG\nBattery module=BAT\n"
    "Antenna=ANT\nHeat exchanger=HXR\nInjector=INJ\nImpeller=IMP\nGearbox=GBX\n"
    "Wire=WIR\nLabel plate=LBL\nThruster=THR\nBushing=BSH\nClamp=CLP\nTop assembly=ASY";

const char words_adjective[] =
    "upper\nlower\nleft-hand\nright-hand\nforward\naft\nprimary\nsecondary\nmain\n"
    "auxiliary\ninlet\noutlet\nhigh-pressure\nlow-pressure\nflight\nground\ntest\n"
    "inner\nouter\ncenter";

const char words_material[] =
    "6061-T6 aluminum\n7075-T651 aluminum\n304L stainless\n316L stainless\n"
    "17-4PH stainless\nInconel 718\nTi-6Al-4V\nPEEK\nPTFE\ncarbon fiber\ncopper C110\n"
    "FR-4\nViton\nA286\nbrass C360\nKapton";

const char words_unit[] =
    "each\nkg\ng\nm\nmm\nL\nmL\nft\nin\nlb\nroll\nsheet\npair\nset\nhour\nm²";

const char words_label_area[] =
    "Line 1\nLine 2\nLine 3\nShift A\nShift B\nProgram Atlas\nProgram Borealis\n"
    "Program Cirrus\nCustomer\nInternal\nPrototype\nQualification";

const char words_label[] =
    "rework\nhot\nfirst article\nlong lead\non hold\ndeviation\nuse as is\nsafety\n"
    "training\ncalibration due\nexpedite\naudit\nscrap review\nlessons learned\n"
    "shortage\nengineering\nready\nwaiting on parts\nrelease\nretest";

const char words_place[] =
    "Bay\nCell\nRack\nShelf\nBench\nStand\nTote\nCage\nDock\nOven\nClean room\nCrib";

const char words_place_kind[] =
    "Workcenter\nStorage\nClean room\nTest area\nReceiving\nShipping\nHazmat\n"
    "Quarantine";

const char words_disposition[] =
    "Use as is\nRework\nRepair\nScrap\nReturn to supplier\nDeviation\nNo fault found\n"
    "Sort";

const char words_procedure[] =
    "Assemble {B}\nInspect {B}\nWeld {B}\nProof test {B}\nLeak check {B}\n"
    "Machine {B}\nClean and package {B}\nInstall {B}\nFinal acceptance of {B}\n"
    "Receive and inspect {B}\nCalibrate {B}\nRework {B}\nVibration test {B}\n"
    "Pot and stake {B}\nBond {B}\nBalance {B}\nMaintain {B}\nThermal cycle {B}\n"
    "Wire {B}\nPaint {B}";

const char words_step[] =
    "Verify kit and paperwork\nClean mating surfaces\nInspect incoming parts\n"
    "Dry fit\nApply primer\nApply threadlocker\nInstall fasteners\nTorque fasteners\n"
    "Second pass torque\nTack weld\nRoot pass\nFinal weld\nDye penetrant inspection\n"
    "Radiographic inspection\nDimensional inspection\nCrimp terminals\n"
    "Pull test crimps\nRoute harness\nContinuity test\nInsulation resistance test\n"
    "Hipot test\nSolder connector\nConformal coat\nCure\nPressure test\n"
    "Helium leak test\nFlow test\nFunctional test\nVibration test\nThermal cycle\n"
    "Weigh and record\nMark part\nPhotograph assembly\nBag and tag\n"
    "Move to next station\nLoad fixture\nZero the indicator\nFace and turn\n"
    "Drill and ream\nDeburr\nPassivate\nBead blast\nStake connector\nLock wire\n"
    "Install o-rings\nLubricate threads\nFill and bleed\nCalibrate sensor\n"
    "Record firmware version\nFinal visual inspection\nClose out work order\n"
    "Quality buy-off";

const char words_field[] =
    "Torque=NUMBER=N·m\nFinal torque=NUMBER=N·m\nLength=NUMBER=mm\n"
    "Outer diameter=NUMBER=mm\nRunout=NUMBER=mm\nFlatness=NUMBER=mm\n"
    "Proof pressure=NUMBER=kPa\nLeak rate=NUMBER=mL/min\nResistance=NUMBER=Ω\n"
    "Insulation resistance=NUMBER=MΩ\nSupply voltage=NUMBER=V\nCurrent draw=NUMBER=A\n"
    "Mass=NUMBER=kg\nTemperature=NUMBER=°C\nCure time=NUMBER=min\nHumidity=NUMBER=%\n"
    "Surface clean=BOOLEAN=\nPaperwork complete=BOOLEAN=\nPhoto taken=BOOLEAN=\n"
    "Lot verified=BOOLEAN=\nVisual result=SELECT=\nWeld class=SELECT=\n"
    "Leak result=SELECT=\nDefects seen=MULTISELECT=\nNotes=STRING=\n"
    "Technician notes=STRING=\nObservations=STRING=\nTest configuration=STRING=\n"
    "Cure start=DATETIME=\nCure end=DATETIME=\nInspection report=FILE_ATTACHMENT=\n"
    "Photo=FILE_ATTACHMENT=\nQuality sign-off=SIGNOFF=\nTechnician sign-off=SIGNOFF=\n"
    "Torque wrench=TOOL=\nWitness=ION=";

const char words_option[] =
    "Pass\nFail\nRework\nNot applicable\nClass A\nClass B\nClass C\nScratch\nDent\n"
    "Porosity\nBurr\nContamination\nDiscoloration\nOut of tolerance\nAccept\nReject";

const char words_help[] =
    "Enter the value as displayed, without rounding.\n"
    "Read the gauge at eye level after it has settled for 30 seconds.\n"
    "Use the calibrated tool listed in the kit.\nAttach the report as PDF.\n"
    "Sign only after the previous step is complete.\n"
    "Compare with the drawing, sheet 2.\n"
    "If out of tolerance, open an issue and stop.\n"
    "Record the highest of three readings.\nRequired for flight hardware.\n"
    "See the work instruction for the fixture setup.";

const char words_attribute[] =
    "color=STRING\ncountry of origin=STRING\ncure date=DATETIME\nfinish=SELECT\n"
    "hazardous=BOOLEAN\nmass=NUMBER\nshelf life=NUMBER\nsource=STRING\n"
    "storage class=SELECT\ntraceable=BOOLEAN";

const char words_document[] =
    "inspection-report\ntorque-record\nncr-photo\nweld-map\n"
    "certificate-of-conformance\nmaterial-cert\ndrawing\ntest-data\ncalibration-cert\n"
    "packing-slip\nfirst-article\nleak-test-plot\nharness-photo\nx-ray\n"
    "receiving-photo\nwork-instruction";
